//! What the words of a file mean: indicators and areas by identifier, code or name.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use activation::Directory;
use catalogue::{Id, Label};
use jiff::civil::Date;
use viet::fold::fold;
use viet::{AreaCode, AreaKey, Calendar, Period};

/// Why a word means nothing, and what to write instead.
pub type Unknown = (Label, Label);

/// The names in force. Names of areas are looked up once each.
pub struct Names<'a> {
    directory: &'a Directory,
    home: Option<AreaKey>,
    indicators: HashMap<String, BTreeSet<&'a Id>>,
    areas: RefCell<HashMap<(String, Date), Result<AreaKey, Unknown>>>,
}

impl<'a> Names<'a> {
    /// The names of a directory. Of several areas with one name the one within `home` is meant.
    pub fn of(directory: &'a Directory, home: Option<AreaKey>) -> Self {
        let mut indicators: HashMap<String, BTreeSet<&Id>> = HashMap::new();
        for pinned in directory.indicators().list() {
            let indicator = &pinned.definition;
            let label = &indicator.def.label;
            let names = [&label.vi, &label.en].into_iter();
            for name in names.chain(&indicator.linking.terms) {
                let of_name = indicators.entry(fold(name.trim())).or_default();
                of_name.insert(&indicator.def.id);
            }
        }
        Self {
            directory,
            home,
            indicators,
            areas: RefCell::default(),
        }
    }

    /// The indicator that an identifier or a name means.
    pub fn indicator(&self, text: &str) -> Result<Id, Unknown> {
        if let Some(pinned) = self.directory.indicators().get(text) {
            return Ok(pinned.definition.def.id.clone());
        }
        let none = BTreeSet::new();
        let named = self.indicators.get(&fold(text.trim())).unwrap_or(&none);
        let mut ids = named.iter();
        match (ids.next(), ids.next()) {
            (Some(id), None) => Ok((*id).clone()),
            (Some(one), Some(other)) => Err((
                Label::new(
                    "Tên này là của nhiều chỉ số.",
                    "Several indicators have this name.",
                ),
                Label::new(
                    format!("Ghi mã, ví dụ {one} hoặc {other}."),
                    format!("Write the identifier, such as {one} or {other}."),
                ),
            )),
            (None, _) => Err((
                Label::new(
                    "Không có chỉ số này trong danh mục.",
                    "There is no such indicator in the catalogue.",
                ),
                Label::new(
                    "Ghi mã hoặc tên đúng như trong danh mục chỉ số.",
                    "Write the identifier or the name as the catalogue has it.",
                ),
            )),
        }
    }

    /// The area that a key, a code or a name meant at the end of a period.
    pub fn area(&self, text: &str, period: Period) -> Result<AreaKey, Unknown> {
        let text = text.trim();
        let areas = self.directory.areas();
        if let Some(area) = text.parse().ok().and_then(|key| areas.get(key)) {
            return Ok(area.key());
        }
        let end = period.range(Calendar::Civil).to();
        let day = end
            .and_then(|end| end.yesterday().ok())
            .unwrap_or(Date::MAX);
        let asked = (text.to_owned(), day);
        if let Some(known) = self.areas.borrow().get(&asked) {
            return known.clone();
        }
        let found = self.look_up(text, day);
        self.areas.borrow_mut().insert(asked, found.clone());
        found
    }

    fn look_up(&self, text: &str, day: Date) -> Result<AreaKey, Unknown> {
        let areas = self.directory.areas();
        let by_code = text.parse::<AreaCode>().ok();
        if let Some(area) = by_code.and_then(|code| areas.on(code, day)) {
            return Ok(area.key());
        }
        let named: Vec<AreaKey> = areas.named(text, day).iter().map(|a| a.key()).collect();
        let at_home = |key: &&AreaKey| {
            let home = self
                .home
                .map(|home| areas.holders(home, day))
                .unwrap_or_default();
            areas
                .above(**key)
                .iter()
                .any(|above| home.contains(above) || Some(*above) == self.home)
        };
        let own: Vec<&AreaKey> = named.iter().filter(at_home).collect();
        match (own.as_slice(), named.as_slice()) {
            ([one], _) => Ok(**one),
            ([], [one]) => Ok(*one),
            ([], []) => Err((
                Label::new(
                    "Không có địa bàn này vào cuối kỳ số liệu.",
                    "There was no such area at the end of the period.",
                ),
                Label::new(
                    "Ghi mã hoặc tên của địa bàn khi đó, ví dụ 66 hoặc Tỉnh Đắk Lắk.",
                    "Write the code or the name the area had then, such as 66 or Tỉnh Đắk Lắk.",
                ),
            )),
            (own, named) => {
                let some = own.first().copied().or(named.first());
                let key = some.map(AreaKey::to_string).unwrap_or_default();
                Err((
                    Label::new("Nhiều địa bàn có tên này.", "Several areas have this name."),
                    Label::new(
                        format!("Ghi mã, ví dụ {key}."),
                        format!("Write the key, such as {key}."),
                    ),
                ))
            }
        }
    }
}

impl Names<'_> {
    /// Whether values of an indicator may be added, so that nothing is zero.
    pub fn is_additive(&self, indicator: &Id) -> bool {
        let pinned = self.directory.indicators().get(indicator.as_str());
        pinned.is_some_and(|p| p.definition.value.unit.is_additive())
    }
}
