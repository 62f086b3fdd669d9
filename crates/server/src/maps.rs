//! Outlines of areas, where the operator supplies them as GeoJSON (RFC 7946).
//!
//! Boundaries are the State's to draw: none come with the program. Each file of the folder is a collection of
//! features with polygons in longitude and latitude (WGS 84), each with a property `area` that holds the key of an
//! area (`66@2025-07-01`), since a code alone means different territories at different times.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::Say;
use geojson::{GeoJson, GeometryValue};
use press::chart::Ring;
use viet::AreaKey;

/// Largest file: the provinces of the country in fine detail take some 40 MB.
const LARGEST_FILE: u64 = 128 << 20;

/// Most points of all outlines together, of 16 bytes each.
const MOST_POINTS: usize = 8_000_000;

/// Outlines of areas.
#[derive(Debug, Clone, Default)]
pub struct Maps(BTreeMap<AreaKey, Arc<Vec<Ring>>>);

/// Why a folder of maps is not taken.
#[derive(Debug, thiserror::Error)]
#[error("{}: {} / {}", .path.display(), .say.vi, .say.en)]
pub struct MapFault {
    path: PathBuf,
    say: Say,
}

impl Maps {
    /// Reads every `*.geojson` of a folder, in the order of their names.
    ///
    /// # Errors
    /// The first file that cannot be taken, with the feature and what was expected.
    pub fn read(folder: &Path) -> Result<Self, MapFault> {
        let wrong = |path: &Path, say: Say| MapFault {
            path: path.to_owned(),
            say,
        };
        let io = |path: &Path, error: std::io::Error| {
            wrong(
                path,
                Say::new(
                    format!("không đọc được: {error}"),
                    format!("cannot be read: {error}"),
                ),
            )
        };
        let entries = std::fs::read_dir(folder).map_err(|error| io(folder, error))?;
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| io(folder, error))?.path();
            if path.extension().is_some_and(|end| end == "geojson") {
                files.push(path);
            }
        }
        files.sort();
        let (mut maps, mut points) = (Self::default(), 0);
        for path in files {
            let size = std::fs::metadata(&path)
                .map_err(|error| io(&path, error))?
                .len();
            if size > LARGEST_FILE {
                return Err(wrong(
                    &path,
                    Say::new(
                        "tệp lớn hơn 128 MB; hãy giản lược đường biên",
                        "the file is larger than 128 MB; simplify its outlines",
                    ),
                ));
            }
            let text = std::fs::read_to_string(&path).map_err(|error| io(&path, error))?;
            maps.take(&text, &mut points)
                .map_err(|say| wrong(&path, say))?;
        }
        Ok(maps)
    }

    /// The outline of an area.
    pub fn outline(&self, area: AreaKey) -> Option<&Arc<Vec<Ring>>> {
        self.0.get(&area)
    }

    /// How many areas have an outline.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Does no area have an outline?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn take(&mut self, text: &str, points: &mut usize) -> Result<(), Say> {
        let parsed: GeoJson = text.parse().map_err(|error: geojson::Error| {
            Say::new(
                format!("không phải GeoJSON: {error}"),
                format!("is no GeoJSON: {error}"),
            )
        })?;
        let GeoJson::FeatureCollection(collection) = parsed else {
            return Err(Say::new(
                "cần một FeatureCollection",
                "a FeatureCollection is needed",
            ));
        };
        for (number, feature) in (1..).zip(collection.features) {
            let area = feature.property("area").and_then(|value| value.as_str());
            let Some(area) = area.and_then(|text| text.parse::<AreaKey>().ok()) else {
                return Err(Say::new(
                    format!(
                        "đối tượng thứ {number}: thuộc tính «area» cần khoá địa bàn, ví dụ 66@2025-07-01"
                    ),
                    format!(
                        "feature {number}: its property “area” needs the key of an area, e.g. 66@2025-07-01"
                    ),
                ));
            };
            let rings = feature.geometry.and_then(|geometry| rings(geometry.value));
            let Some(rings) = rings else {
                return Err(Say::new(
                    format!(
                        "đối tượng thứ {number} ({area}): cần Polygon hoặc MultiPolygon theo kinh độ, vĩ độ"
                    ),
                    format!(
                        "feature {number} ({area}): a Polygon or MultiPolygon in longitude and latitude is needed"
                    ),
                ));
            };
            *points += rings.iter().map(Vec::len).sum::<usize>();
            if *points > MOST_POINTS {
                return Err(Say::new(
                    "quá nhiều điểm; hãy giản lược đường biên",
                    "too many points; simplify the outlines",
                ));
            }
            self.0.insert(area, Arc::new(rings));
        }
        Ok(())
    }
}

/// The rings of a surface on the globe; none for what is no surface or lies elsewhere.
fn rings(shape: GeometryValue) -> Option<Vec<Ring>> {
    let polygons = match shape {
        GeometryValue::Polygon { coordinates } => vec![coordinates],
        GeometryValue::MultiPolygon { coordinates } => coordinates,
        _ => return None,
    };
    let mut rings = Vec::new();
    for ring in polygons.into_iter().flatten() {
        let points = ring.iter().map(|position| match position.as_slice() {
            [x, y, ..] if (-180.0..=180.0).contains(x) && (-90.0..=90.0).contains(y) => {
                Some((*x, *y))
            }
            _ => None,
        });
        rings.push(points.collect::<Option<Ring>>()?);
    }
    Some(rings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let mut points = 0;
        let taken = Maps::default().take(text, &mut points);
        taken.expect_err("it is refused").en
    }

    fn collection(area: &str, geometry: &str) -> String {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"area":"{area}"}},"geometry":{geometry}}}]}}"#
        )
    }

    const SQUARE: &str =
        r#"{"type":"Polygon","coordinates":[[[108,12],[109,12],[109,13],[108,12]]]}"#;

    #[test]
    fn outlines_are_found_by_the_key_of_their_area() {
        let mut maps = Maps::default();
        let mut points = 0;
        let islands = r#"{"type":"MultiPolygon","coordinates":[[[[1,1],[2,1],[2,2],[1,1]]],[[[3,1],[4,1],[4,2],[3,1]]]]}"#;
        maps.take(&collection("66@2025-07-01", SQUARE), &mut points)
            .expect("taken");
        maps.take(&collection("54@", islands), &mut points)
            .expect("taken");
        let key = |text: &str| text.parse::<AreaKey>().expect("a key");
        assert_eq!(
            maps.outline(key("66@2025-07-01")).expect("one")[0][1],
            (109.0, 12.0)
        );
        assert_eq!(maps.outline(key("54@")).expect("one").len(), 2);
        assert!(maps.outline(key("66@")).is_none(), "a code alone is no key");
        assert_eq!((maps.len(), points), (2, 12));
    }

    #[test]
    fn what_is_wrong_is_told_by_feature() {
        assert!(said("{").contains("is no GeoJSON"));
        assert!(said(SQUARE).contains("FeatureCollection"));
        assert!(said(&collection("sixty-six", SQUARE)).contains("feature 1: its property “area”"));
        let point = r#"{"type":"Point","coordinates":[108,12]}"#;
        assert!(said(&collection("66@", point)).contains("feature 1 (66@)"));
        assert!(said(&collection("66@", "null")).contains("a Polygon or MultiPolygon"));
        // Metres of the State's own projection, not degrees.
        let metres = SQUARE.replace("108", "500000");
        assert!(said(&collection("66@", &metres)).contains("longitude and latitude"));
    }
}
