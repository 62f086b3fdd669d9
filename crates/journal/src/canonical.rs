use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

/// Why a value has no canonical form.
#[derive(Debug, Error)]
pub enum CanonicalError {
    /// Floats print differently from one library to the next; decimals are written as strings.
    #[error("{0} is a floating-point number: write decimals as strings")]
    Float(String),
    /// The value could not be turned into JSON at all.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

/// Canonical JSON: object keys sorted by their bytes, no white space, no floats, non-ASCII characters
/// as they are. The same value gives the same bytes for ever, so a hash over them can be checked by any
/// program that knows JSON.
pub fn canonical_json(value: &impl Serialize) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::new();
    write_canonical(&serde_json::to_value(value)?, &mut out)?;
    Ok(out)
}

/// The same of a value that is JSON already, appended to `out`.
pub(crate) fn write_canonical(value: &Value, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    match value {
        Value::Number(n) if !n.is_i64() && !n.is_u64() => {
            return Err(CanonicalError::Float(n.to_string()));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            serde_json::to_writer(&mut *out, value)?;
        }
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_canonical(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort();
            out.push(b'{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, key)?;
                out.push(b':');
                write_canonical(&fields[key], out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_space_is_gone() {
        let bytes = canonical_json(&json!({"b": [1, null], "a": {"đ": "Đắk Lắk", "c": true}}));
        assert_eq!(
            String::from_utf8(bytes.unwrap()).unwrap(),
            r#"{"a":{"c":true,"đ":"Đắk Lắk"},"b":[1,null]}"#
        );
    }

    #[test]
    fn floats_are_refused() {
        assert!(matches!(
            canonical_json(&json!({"share": 0.42})),
            Err(CanonicalError::Float(_))
        ));
    }
}
