//! Elements one after the other, escaped, without what XML 1.0 cannot hold.

use quick_xml::escape::escape;

/// XML under construction.
pub(super) struct Xml {
    out: String,
    open: Vec<&'static str>,
}

impl Xml {
    pub(super) fn begin() -> Self {
        Xml {
            out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
            open: Vec::new(),
        }
    }

    pub(super) fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.out.push('>');
        self.open.push(name);
    }

    /// Closes what was opened last.
    pub(super) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    pub(super) fn empty(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.out.push_str("/>");
    }

    /// An element that holds text and nothing else.
    pub(super) fn leaf(&mut self, name: &'static str, text: &str) {
        self.open(name, &[]);
        self.text(text.trim());
        self.close();
    }

    /// Text between elements.
    pub(super) fn text(&mut self, text: &str) {
        self.out.push_str(&escape(clean(text).as_str()));
    }

    pub(super) fn end(self) -> String {
        self.out
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            let value = clean(value.trim());
            self.out
                .push_str(&format!(" {name}=\"{}\"", escape(value.as_str())));
        }
    }
}

/// White space folded, and without the characters that XML 1.0 forbids (section 2.2: controls, U+FFFE, U+FFFF).
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !c.is_control() && crate::xml::holds(c) {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out_and_the_rest_escaped() {
        let mut xml = Xml::begin();
        xml.open("a", &[("b", "\"x\" & <y>")]);
        xml.leaf("p", "1\u{c}2 \u{0}\u{fffe}<3>\r\n&\u{a0}4");
        xml.close();
        let end = xml.end();
        let written = end.lines().nth(1).expect("a second line");
        assert_eq!(
            written,
            "<a b=\"&quot;x&quot; &amp; &lt;y&gt;\"><p>1 2 &lt;3&gt; &amp; 4</p></a>"
        );
    }
}
