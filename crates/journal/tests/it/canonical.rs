use journal::canonical_json;
use proptest::prelude::*;
use serde_json::{Map, Value};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let fields = prop::collection::vec((any::<String>(), inner.clone()), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            fields.prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// The same value with every object filled in the opposite order.
fn turned(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(turned).collect()),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .rev()
                .map(|(k, v)| (k.clone(), turned(v)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// No byte of white space stands outside a string.
fn is_dense(text: &str) -> bool {
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            c if !in_string && c.is_whitespace() => return false,
            _ => {}
        }
    }
    true
}

proptest! {
    #[test]
    fn canonical_json_is_one_text_for_one_value(value in any_json()) {
        let bytes = canonical_json(&value).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        prop_assert!(is_dense(text), "{text}");
        prop_assert_eq!(&serde_json::from_slice::<Value>(&bytes).unwrap(), &value);
        prop_assert_eq!(canonical_json(&turned(&value)).unwrap(), bytes);
    }

    #[test]
    fn a_float_anywhere_is_refused(value in any_json(), float in any::<f64>()) {
        prop_assume!(float.is_finite());
        let hidden = serde_json::json!({"deep": [value, {"share": float}]});
        prop_assert!(canonical_json(&hidden).is_err());
    }
}
