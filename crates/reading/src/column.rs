//! What the columns of a table hold, by the words of its heading.

use crate::period;
use crate::text::{Extent, Text};
use crate::token::{Kind, Token, tokens};
use viet::fold;

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Row numbers.
    Number,
    /// The name of what is measured or to be done.
    Name,
    Unit,
    /// A result so far.
    Past,
    /// What is aimed at, by a year if the heading names one.
    Value(Option<i16>),
    /// Who leads or is answerable.
    Lead,
    /// By when a task is to be done.
    Deadline,
    /// Partners, notes and all else.
    Other,
}

/// The columns of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    pub roles: Vec<Role>,
    /// The heading speaks of targets.
    pub aims: bool,
    /// The heading speaks of things to be done.
    pub works: bool,
    /// The heading speaks of money to be spent.
    pub funds: bool,
}

impl Columns {
    /// The roles of columns whose headings are given, each in all its lines.
    pub fn of(text: &Text, heads: &[Vec<Extent>]) -> Self {
        let shown: Vec<String> = heads
            .iter()
            .map(|head| {
                let lines: Vec<String> = head.iter().map(|at| text.line(*at)).collect();
                fold::fold(&lines.join(" "))
            })
            .collect();
        let years: Vec<Option<i16>> = heads.iter().map(|head| year(text, head)).collect();
        let mut roles: Vec<Role> = shown
            .iter()
            .zip(&years)
            .map(|(shown, year)| role(shown, *year))
            .collect();
        name_one(&shown, &mut roles);
        // "Mục tiêu" over "2025" and "2030" only joins them.
        if roles.iter().any(|r| matches!(r, Role::Value(Some(_)))) {
            for role in &mut roles {
                if *role == Role::Value(None) {
                    *role = Role::Other;
                }
            }
        }
        let says = |words: &[&str]| shown.iter().any(|s| words.iter().any(|w| s.contains(w)));
        // Figures for years, counted in units, are aims whatever their column of names is called.
        let dated = roles.iter().any(|r| matches!(r, Role::Value(Some(_))));
        let counted = dated && roles.contains(&Role::Unit);
        Self {
            aims: counted || says(&["chi tieu", "muc tieu", "tieu chi", "chi so"]),
            roles,
            works: says(&[
                "nhiem vu",
                "cong viec",
                "hoat dong",
                "giai phap",
                "noi dung",
                "de an",
                "du an",
            ]),
            funds: says(&[
                "kinh phi",
                "du toan",
                "tong von",
                "von dau tu",
                "nguon von",
                "muc dau tu",
            ]),
        }
    }

    /// The place of the first column with a role.
    pub fn place(&self, role: Role) -> Option<usize> {
        self.roles.iter().position(|r| *r == role)
    }

    /// Columns that hold figures, of the past or aimed at, in their order.
    pub fn figures(&self) -> impl Iterator<Item = Role> + '_ {
        self.roles
            .iter()
            .copied()
            .filter(|r| matches!(r, Role::Past | Role::Value(_)))
    }
}

fn role(shown: &str, year: Option<i16>) -> Role {
    let says = |words: &[&str]| words.iter().any(|w| shown.contains(w));
    let bare = shown.trim_matches(['.', ' ', '*', ':']);
    if matches!(bare, "stt" | "tt" | "so tt" | "so thu tu" | "#") {
        Role::Number
    } else if matches!(bare, "don vi" | "dvt" | "unit")
        || says(&["don vi tinh", "don vi do", "dvt"])
    {
        Role::Unit
    } else if says(&["phoi hop", "ghi chu", "can cu", "co so phap ly", "san pham"]) {
        Role::Other
    } else if says(&[
        "co quan",
        "don vi",
        "chu tri",
        "phu trach",
        "so, nganh",
        "bo, nganh",
        "theo doi",
        "chiu trach nhiem",
        "dau moi",
    ]) {
        Role::Lead
    } else if says(&[
        "ket qua",
        "hien trang",
        "thuc trang",
        "uoc ",
        "thuc hien nam",
        "da dat",
        "so lieu",
        "hien nay",
        "nam goc",
        "thuc hien 20",
    ]) {
        Role::Past
    } else if let Some(year) = year {
        if says(&["thuc hien"]) && !says(&["ke hoach", "muc tieu"]) {
            Role::Past
        } else {
            Role::Value(Some(year))
        }
    } else if says(&["thoi gian", "thoi han", "hoan thanh", "tien do", "lo trinh"]) {
        Role::Deadline
    } else if says(&[
        "muc tieu",
        "chi tieu giao",
        "ke hoach",
        "gia tri",
        "so luong",
        "muc phan dau",
        "muc dat",
    ]) {
        Role::Value(None)
    } else {
        Role::Other
    }
}

/// The column of names: that of the indicator, the task, the content.
fn name_one(shown: &[String], roles: &mut [Role]) {
    const NAMES: [&str; 9] = [
        "chi tieu",
        "tieu chi",
        "nhiem vu",
        "noi dung",
        "ten ",
        "chi so",
        "cong viec",
        "hoat dong",
        "muc tieu",
    ];
    let free = |role: Role| matches!(role, Role::Other | Role::Value(None));
    let named = NAMES.iter().find_map(|word| {
        shown
            .iter()
            .zip(roles.iter())
            .position(|(s, role)| free(*role) && s.contains(word))
    });
    if let Some(place) = named {
        roles[place] = Role::Name;
    }
}

/// The year a heading names last ("giai đoạn 2026-2030").
fn year(text: &Text, head: &[Extent]) -> Option<i16> {
    let words: Vec<Token> = head.iter().flat_map(|at| tokens(text, *at)).collect();
    if words.len() > 16 || words.iter().any(|t| t.kind == Kind::Code) {
        return None;
    }
    words.iter().rev().find_map(period::year_of)
}
