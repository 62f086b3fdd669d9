//! Words of a PDF beside what its pages draw: notes, stamps and form fields laid over a page, what the file
//! says of itself, and how many pictures there are. None of them is text of the document, but a mark of
//! secrecy may stand there.

use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream, decode_text_string};

/// Forms within forms; deeper ones are a circle or hostile.
const DEEPEST: usize = 4;
/// Annotations of a page, and objects looked at for pictures; a page with more is hostile.
const MOST: usize = 500;
/// A picture with fewer dots across or down holds no word.
const SMALLEST: i64 = 32;

/// What the annotations of a page say: notes, free text, the values and captions of form fields, the names
/// of stamps.
pub(super) fn annotations(document: &Document, page: ObjectId) -> Vec<String> {
    let mut out = Vec::new();
    for annotation in annotation_dictionaries(document, page) {
        // A field's value may be told by the field it belongs to.
        let parent = dictionary(document, annotation.get(b"Parent").ok());
        let own = std::iter::once(annotation).chain(parent);
        for dict in own {
            for key in [&b"Contents"[..], b"Subj", b"V", b"Name"] {
                out.extend(words(document, dict.get(key).ok()));
            }
        }
        let caption = dictionary(document, annotation.get(b"MK").ok());
        out.extend(caption.and_then(|mk| words(document, mk.get(b"CA").ok())));
    }
    out
}

/// What the file says of itself: title, subject, keywords and the like.
pub(super) fn properties(document: &Document) -> Vec<String> {
    let info = dictionary(document, document.trailer.get(b"Info").ok());
    let keys = [
        &b"Title"[..],
        b"Subject",
        b"Keywords",
        b"Category",
        b"Status",
    ];
    let values = info
        .into_iter()
        .flat_map(|info| keys.map(|key| words(document, info.get(key).ok())));
    values.flatten().collect()
}

/// Puts the drawings of a page's annotations in place of its own, so that they can be read like a page.
/// False when it has none.
pub(super) fn draw_annotations(document: &mut Document, page: ObjectId) -> bool {
    let drawings: Vec<Object> = annotation_dictionaries(document, page)
        .filter_map(|annotation| {
            let drawings = dictionary(document, annotation.get(b"AP").ok())?;
            let normal = drawings.get(b"N").ok()?;
            let (id, object) = document.dereference(normal).ok()?;
            object.as_stream().ok()?;
            id.map(Object::Reference)
        })
        .collect();
    if drawings.is_empty() {
        return false;
    }
    let (mut forms, mut drawn) = (Dictionary::new(), String::new());
    for (i, drawing) in drawings.into_iter().enumerate() {
        forms.set(format!("A{i}"), drawing);
        drawn += &format!("/A{i} Do\n");
    }
    let mut resources = Dictionary::new();
    resources.set("XObject", forms);
    let contents = document.add_object(Stream::new(Dictionary::new(), drawn.into_bytes()));
    let Ok(page) = document.get_dictionary_mut(page) else {
        return false;
    };
    page.set("Resources", resources);
    page.set("Contents", contents);
    true
}

/// How many pictures a page draws from, its own and those of its forms.
pub(super) fn pictures(document: &Document, page: ObjectId) -> usize {
    let Ok((own, inherited)) = document.get_page_resources(page) else {
        return 0;
    };
    let inherited = inherited
        .into_iter()
        .filter_map(|id| document.get_dictionary(id).ok());
    let mut open: Vec<(&Dictionary, usize)> =
        own.into_iter().chain(inherited).map(|r| (r, 0)).collect();
    let mut seen: Vec<ObjectId> = Vec::new();
    let mut count = 0;
    while let Some((resources, depth)) = open.pop() {
        let Some(objects) = dictionary(document, resources.get(b"XObject").ok()) else {
            continue;
        };
        for (_, object) in objects.iter() {
            let Ok((Some(id), Object::Stream(stream))) = document.dereference(object) else {
                continue;
            };
            if seen.contains(&id) || seen.len() == MOST {
                continue;
            }
            seen.push(id);
            if stream
                .dict
                .get(b"Subtype")
                .is_ok_and(|s| s.as_name().ok() == Some(b"Image"))
            {
                let dots = |key: &[u8]| stream.dict.get(key).and_then(Object::as_i64).unwrap_or(0);
                count += usize::from(dots(b"Width") >= SMALLEST && dots(b"Height") >= SMALLEST);
            } else if depth < DEEPEST {
                let within = dictionary(document, stream.dict.get(b"Resources").ok());
                open.extend(within.map(|within| (within, depth + 1)));
            }
        }
    }
    count
}

fn annotation_dictionaries(
    document: &Document,
    page: ObjectId,
) -> impl Iterator<Item = &Dictionary> {
    let annotations = document
        .get_dictionary(page)
        .and_then(|page| page.get(b"Annots"))
        .and_then(|annotations| document.dereference(annotations))
        .and_then(|(_, annotations)| annotations.as_array());
    annotations
        .into_iter()
        .flatten()
        .take(MOST)
        .filter_map(|annotation| dictionary(document, Some(annotation)))
}

fn dictionary<'d>(document: &'d Document, object: Option<&'d Object>) -> Option<&'d Dictionary> {
    document.dereference(object?).ok()?.1.as_dict().ok()
}

/// The words of a text string or a name.
fn words(document: &Document, object: Option<&Object>) -> Option<String> {
    let (_, object) = document.dereference(object?).ok()?;
    let words = match object {
        Object::Name(name) => String::from_utf8_lossy(name).into_owned(),
        string => decode_text_string(string).ok()?,
    };
    (!words.trim().is_empty()).then_some(words)
}
