//! XML written as it comes, without what XML 1.0 cannot hold.

use std::borrow::Cow;
use std::io::{self, Write};

use quick_xml::escape::escape;

/// Whether XML 1.0 can hold a character (section 2.2: no controls but tab and line ends, no U+FFFE, U+FFFF).
pub(crate) fn holds(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || !(c < ' ' || ('\u{fffe}'..='\u{ffff}').contains(&c))
}

/// Text without what XML cannot hold.
fn clean(text: &str) -> Cow<'_, str> {
    match text.chars().all(holds) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().filter(|c| holds(*c)).collect()),
    }
}

/// XML on its way out.
pub(crate) struct Stream<W: Write> {
    out: W,
    open: Vec<&'static str>,
}

impl<W: Write> Stream<W> {
    pub(crate) fn begin(mut out: W) -> io::Result<Self> {
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        let open = Vec::new();
        Ok(Self { out, open })
    }

    pub(crate) fn open(
        &mut self,
        name: &'static str,
        attributes: &[(&str, &str)],
    ) -> io::Result<()> {
        self.start(name, attributes.iter().copied())?;
        self.out.write_all(b">")?;
        self.open.push(name);
        Ok(())
    }

    pub(crate) fn empty<'a>(
        &mut self,
        name: &str,
        attributes: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> io::Result<()> {
        self.start(name, attributes)?;
        self.out.write_all(b"/>")
    }

    /// An element that holds text and nothing else.
    pub(crate) fn leaf(
        &mut self,
        name: &'static str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> io::Result<()> {
        self.open(name, attributes)?;
        self.out
            .write_all(escape(clean(text).as_ref()).as_bytes())?;
        self.close()
    }

    /// Closes what was opened last.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        match self.open.pop() {
            Some(name) => write!(self.out, "</{name}>"),
            None => Ok(()),
        }
    }

    /// Closes everything and gives back where it went.
    pub(crate) fn end(mut self) -> io::Result<W> {
        while !self.open.is_empty() {
            self.close()?;
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn start<'a>(
        &mut self,
        name: &str,
        attributes: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> io::Result<()> {
        write!(self.out, "<{name}")?;
        for (name, value) in attributes {
            write!(self.out, " {name}=\"{}\"", escape(clean(value).as_ref()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out_and_the_rest_escaped() {
        let mut xml = Stream::begin(Vec::new()).unwrap();
        xml.open("a", &[("b", "\"x\" & <y>\u{0}")]).unwrap();
        xml.leaf("p", &[], "1\u{c}<2>\u{fffe}").unwrap();
        xml.empty("q", [("c", "Đắk")]).unwrap();
        let text = String::from_utf8(xml.end().unwrap()).unwrap();
        let (_, written) = text.split_once('\n').unwrap();
        assert_eq!(
            written,
            "<a b=\"&quot;x&quot; &amp; &lt;y&gt;\"><p>1&lt;2&gt;</p><q c=\"Đắk\"/></a>"
        );
    }
}
