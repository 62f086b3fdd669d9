//! What a part of a document is for. Its heading says so.

use viet::fold;

/// The purpose of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Zone {
    /// Not said.
    #[default]
    Open,
    /// Situation, results so far: numbers there are of the past.
    Past,
    /// Views, purposes, requirements.
    Aim,
    /// General objective: states, seldom numbers.
    General,
    /// Specific objectives: every number is a target.
    Goal,
    /// Tasks and solutions.
    Task,
    /// Who does what.
    Duty,
    /// Money.
    Funding,
}

const WORDS: [(Zone, &[&str]); 7] = [
    (Zone::General, &["muc tieu tong quat", "muc tieu chung"]),
    (
        Zone::Goal,
        &[
            "muc tieu",
            "chi tieu",
            "den nam 20",
            "den het nam 20",
            "tam nhin",
            "phan dau den",
            "dinh huong den nam",
            "giai doan 20",
            "mot so chi tieu",
            "danh muc chi tieu",
            "bang chi tieu",
            "he thong chi tieu",
            "bo chi tieu",
            "cac chi tieu",
            "cac muc tieu",
            "nam 20",
        ],
    ),
    (
        Zone::Duty,
        &[
            "to chuc thuc hien",
            "to chuc trien khai",
            "phan cong",
            "trach nhiem thuc hien",
            "trach nhiem cua",
        ],
    ),
    (
        Zone::Task,
        &[
            "nhiem vu",
            "giai phap",
            "noi dung",
            "cac nhiem vu",
            "mot so nhiem vu",
            "danh muc nhiem vu",
            "bang nhiem vu",
            "phan cong nhiem vu",
            "cac giai phap",
            "cac hoat dong",
        ],
    ),
    (
        Zone::Funding,
        &[
            "kinh phi",
            "nguon kinh phi",
            "nguon von",
            "du toan",
            "nguon luc thuc hien",
        ],
    ),
    (
        Zone::Past,
        &[
            "danh gia",
            "tinh hinh",
            "ket qua",
            "thuc trang",
            "hien trang",
            "boi canh",
            "su can thiet",
            "can cu",
            "co so phap ly",
            "ton tai",
            "han che",
            "nguyen nhan",
            "khai quat",
            "dac diem",
        ],
    ),
    (
        Zone::Aim,
        &[
            "quan diem",
            "muc dich",
            "yeu cau",
            "pham vi",
            "doi tuong",
            "nguyen tac",
        ],
    ),
];

impl Zone {
    /// The zone a heading opens. At the top of the outline its words may stand anywhere in it; below,
    /// a short heading must begin with them, for "nâng cao trách nhiệm" is no list of duties.
    pub fn of_heading(title: &str, top: bool, above: Self) -> Self {
        let folded = fold::fold(title);
        let begins = WORDS
            .iter()
            .find(|(_, words)| words.iter().any(|w| folded.starts_with(w)))
            .map(|(zone, _)| *zone);
        let sub = matches!(above, Self::Task | Self::Duty);
        match begins {
            Some(zone) if top || !sub || (folded.len() < 45 && zone != Self::Past) => return zone,
            _ => {}
        }
        if top {
            let order = [
                Self::Duty,
                Self::Goal,
                Self::Task,
                Self::Past,
                Self::Funding,
                Self::Aim,
            ];
            for zone in order {
                let words = WORDS
                    .iter()
                    .find(|(z, _)| *z == zone)
                    .map_or(&[][..], |(_, w)| *w);
                if words.iter().any(|w| {
                    folded.contains(w) && !w.starts_with("nam 20") && !w.starts_with("giai doan")
                }) {
                    return zone;
                }
            }
            return Self::Open;
        }
        match above {
            Self::General => Self::Goal,
            zone => zone,
        }
    }

    /// The zone of what a line with a colon introduces.
    pub fn of_introduction(line: &str, above: Self) -> Self {
        let folded = fold::fold(line);
        let goal = ["muc tieu", "chi tieu", "phan dau"]
            .iter()
            .any(|w| folded.contains(w));
        match above {
            Self::Open | Self::Goal | Self::General | Self::Aim if goal => Self::Goal,
            zone => zone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_open_zones() {
        for (title, top, above, zone) in [
            ("MỤC TIÊU VÀ QUAN ĐIỂM", true, Zone::Open, Zone::Goal),
            ("QUAN ĐIỂM, MỤC TIÊU", true, Zone::Open, Zone::Aim),
            ("Mục tiêu chung", false, Zone::Goal, Zone::General),
            ("Đến năm 2028", false, Zone::Goal, Zone::Goal),
            ("MỘT SỐ NHIỆM VỤ, GIẢI PHÁP", true, Zone::Open, Zone::Task),
            (
                "Nâng cao trách nhiệm người đứng đầu",
                false,
                Zone::Task,
                Zone::Task,
            ),
            ("Kết quả đạt được", false, Zone::Past, Zone::Past),
            ("Kinh phí thực hiện", false, Zone::Duty, Zone::Funding),
            ("TỔ CHỨC THỰC HIỆN", true, Zone::Open, Zone::Duty),
        ] {
            assert_eq!(Zone::of_heading(title, top, above), zone, "{title}");
        }
    }
}
