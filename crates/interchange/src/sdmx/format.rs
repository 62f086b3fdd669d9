//! Which form an answer has, by what the client says it takes.

use super::data::DataFormat;

/// The media type of structures in SDMX-ML 2.1.
pub const STRUCTURE_TYPE: &str = "application/vnd.sdmx.structure+xml;version=2.1";

impl DataFormat {
    /// Every format.
    pub const ALL: [DataFormat; 3] = [DataFormat::Ml21, DataFormat::Csv1, DataFormat::Csv2];

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            DataFormat::Ml21 => "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
            DataFormat::Csv1 => "application/vnd.sdmx.data+csv;version=1.0.0",
            DataFormat::Csv2 => "application/vnd.sdmx.data+csv;version=2.0.0",
        }
    }

    /// The format a header `Accept` asks for; none when it takes nothing we have. What could be anything is
    /// answered in XML: clients of SDMX that say nothing expect it.
    pub fn accepted(accept: &str) -> Option<DataFormat> {
        best(accept, |range| match range.essence.as_str() {
            "*/*" | "application/*" | "application/xml" | "text/xml" => Some(DataFormat::Ml21),
            "application/vnd.sdmx.structurespecificdata+xml" => {
                range.version_is(&["2.1"]).then_some(DataFormat::Ml21)
            }
            "application/vnd.sdmx.data+csv" => match range.version.as_deref() {
                None | Some("1.0" | "1.0.0" | "1") => Some(DataFormat::Csv1),
                Some("2.0" | "2.0.0" | "2") => Some(DataFormat::Csv2),
                Some(_) => None,
            },
            "text/csv" | "text/*" => Some(DataFormat::Csv1),
            _ => None,
        })
    }
}

/// Whether a header `Accept` takes structures in SDMX-ML 2.1.
pub fn accepts_structure(accept: &str) -> bool {
    best(accept, |range| {
        let taken = match range.essence.as_str() {
            "*/*" | "application/*" | "application/xml" | "text/xml" | "text/*" => true,
            "application/vnd.sdmx.structure+xml" => range.version_is(&["2.1"]),
            _ => false,
        };
        taken.then_some(())
    })
    .is_some()
}

/// One of the ranges of a header `Accept`.
struct Range {
    essence: String,
    version: Option<String>,
    /// Thousandths.
    quality: u32,
}

impl Range {
    fn read(text: &str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let mut range = Range {
            essence: parts.next().unwrap_or("").to_ascii_lowercase(),
            version: None,
            quality: 1000,
        };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "version" => range.version = Some(value.trim().trim_matches('"').to_owned()),
                "q" => range.quality = thousandths(value.trim()),
                _ => {}
            }
        }
        range
    }

    fn version_is(&self, known: &[&str]) -> bool {
        self.version
            .as_deref()
            .is_none_or(|said| known.contains(&said))
    }
}

fn thousandths(text: &str) -> u32 {
    text.parse::<rust_decimal::Decimal>()
        .ok()
        .and_then(|q| u32::try_from((q * rust_decimal::Decimal::ONE_THOUSAND).trunc()).ok())
        .map_or(0, |q| q.min(1000))
}

/// What the range of the highest quality means; among equals the first.
fn best<T>(accept: &str, meaning: impl Fn(&Range) -> Option<T>) -> Option<T> {
    let accept = if accept.trim().is_empty() {
        "*/*"
    } else {
        accept
    };
    let mut best: Option<(u32, T)> = None;
    for range in accept.split(',').map(Range::read) {
        let better = range.quality > best.as_ref().map_or(0, |(quality, _)| *quality);
        if better && let Some(format) = meaning(&range) {
            best = Some((range.quality, format));
        }
    }
    best.map(|(_, format)| format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_take() {
        use DataFormat::{Csv1, Csv2, Ml21};
        for (accept, want) in [
            ("", Some(Ml21)),
            ("*/*", Some(Ml21)),
            ("application/xml", Some(Ml21)),
            (
                "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
                Some(Ml21),
            ),
            (
                "application/vnd.sdmx.structurespecificdata+xml; version=3.0",
                None,
            ),
            (
                "application/vnd.sdmx.genericdata+xml;version=2.1, */*;q=0.1",
                Some(Ml21),
            ),
            ("application/vnd.sdmx.genericdata+xml;version=2.1", None),
            ("application/vnd.sdmx.data+csv", Some(Csv1)),
            (
                "application/vnd.sdmx.data+csv;version=2.0.0;labels=id",
                Some(Csv2),
            ),
            (
                "application/xml;q=0.5, application/vnd.sdmx.data+csv;version=\"2.0\";q=0.9",
                Some(Csv2),
            ),
            ("text/csv", Some(Csv1)),
            ("application/json", None),
            ("text/csv;q=0", None),
            ("text/csv;q=x, text/xml;q=0.001", Some(Ml21)),
        ] {
            assert_eq!(DataFormat::accepted(accept), want, "{accept}");
        }
        for format in DataFormat::ALL {
            assert_eq!(DataFormat::accepted(format.media_type()), Some(format));
        }
        assert!(accepts_structure(STRUCTURE_TYPE));
        assert!(accepts_structure("application/json, */*;q=0.2"));
        assert!(!accepts_structure("application/vnd.sdmx.structure+json"));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}") { let _ = DataFormat::accepted(&text); }
    }
}
