//! What a task is about, by the words it and its heading use.

use viet::fold;

const THEMES: [(&str, &[&str]); 19] = [
    (
        "security",
        &[
            "an toan thong tin",
            "an ninh mang",
            "toi pham",
            "an toan, an ninh",
            "lua dao",
        ],
    ),
    (
        "ip",
        &[
            "so huu tri tue",
            "nhan hieu",
            "chi dan dia ly",
            "sang che",
            "bao ho",
        ],
    ),
    (
        "human_resources",
        &[
            "nhan luc",
            "chuyen gia",
            "nha khoa hoc",
            "can bo co",
            "thu hut",
            "nhan tai",
            "doi ngu",
        ],
    ),
    (
        "education",
        &[
            "giao duc",
            "dao tao truc tuyen",
            "truong hoc",
            "dai hoc",
            "hoc sinh",
            "giang vien",
        ],
    ),
    (
        "awareness",
        &[
            "tuyen truyen",
            "nhan thuc",
            "truyen thong",
            "pho bien",
            "phong trao",
            "ton vinh",
        ],
    ),
    (
        "cooperation",
        &[
            "hop tac quoc te",
            "hop tac",
            "lien ket quoc te",
            "nuoc ngoai",
        ],
    ),
    (
        "market",
        &["thi truong", "san giao dich", "thuong mai hoa", "xuat khau"],
    ),
    (
        "agriculture",
        &["nong nghiep", "nong lam", "cay trong", "vung trong"],
    ),
    ("health", &["y te", "suc khoe", "kham chua benh"]),
    ("services", &["dich vu", "du lich", "thuong mai"]),
    ("data", &["du lieu", "co so du lieu"]),
    (
        "infrastructure",
        &[
            "ha tang",
            "vien thong",
            "trung tam du lieu",
            "phong thi nghiem",
            "internet",
        ],
    ),
    (
        "digital_government",
        &[
            "chinh quyen so",
            "dich vu cong",
            "chuyen doi so",
            "moi truong so",
            "chinh phu so",
        ],
    ),
    ("enterprise", &["doanh nghiep", "khoi nghiep", "vuon uom"]),
    (
        "research_transfer",
        &["nghien cuu", "chuyen giao", "ung dung"],
    ),
    ("industry", &["cong nghiep", "che bien"]),
    (
        "finance",
        &["ngan sach", "kinh phi", "nguon luc", "quy phat trien"],
    ),
    (
        "institutions",
        &[
            "co che",
            "chinh sach",
            "van ban",
            "thu tuc",
            "to chuc, bo may",
            "quan ly nha nuoc",
        ],
    ),
    (
        "leadership",
        &["cap uy", "lanh dao", "nguoi dung dau", "ban chi dao"],
    ),
];

/// The theme whose words occur most, those of the text weighing as much as those of the heading.
pub(crate) fn theme(task: &str, heading: Option<&str>) -> Option<String> {
    let own = fold::fold(task);
    let above = heading.map(fold::fold).unwrap_or_default();
    let weight = |words: &[&str]| -> usize {
        words
            .iter()
            .map(|w| 2 * own.matches(w).count() + above.matches(w).count())
            .sum()
    };
    let mut best: Option<(&str, usize)> = None;
    for (name, words) in THEMES {
        let found = weight(words);
        if found > best.map_or(0, |(_, most)| most) {
            best = Some((name, found));
        }
    }
    best.map(|(name, _)| name.to_owned())
}
