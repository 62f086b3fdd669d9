//! What a task is about, by the words it and its heading use.

use std::sync::LazyLock;

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

/// The theme whose words occur most, those of the text weighing twice as much as those of the heading.
/// Both are given folded.
pub(crate) fn theme(task: &str, heading: Option<&str>) -> Option<String> {
    let mut weights = [0; THEMES.len()];
    count(task, 2, &mut weights);
    if let Some(heading) = heading {
        count(heading, 1, &mut weights);
    }
    let most = weights.iter().copied().max().filter(|most| *most > 0)?;
    let place = weights.iter().position(|w| *w == most)?;
    Some(THEMES[place].0.to_owned())
}

/// Adds a weight to a theme for each of its words that begins where a word begins.
fn count(folded: &str, weight: usize, weights: &mut [usize; THEMES.len()]) {
    let bytes = folded.as_bytes();
    for at in 0..bytes.len() {
        let starts =
            bytes[at].is_ascii_lowercase() && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric());
        if !starts {
            continue;
        }
        for (theme, word) in &BY_LETTER[usize::from(bytes[at] - b'a')] {
            if bytes[at..].starts_with(word.as_bytes()) {
                weights[*theme] += weight;
            }
        }
    }
}

/// The words of all themes by their first letter.
static BY_LETTER: LazyLock<[Vec<(usize, &str)>; 26]> = LazyLock::new(|| {
    let mut out: [Vec<(usize, &str)>; 26] = Default::default();
    for (theme, (_, words)) in THEMES.iter().enumerate() {
        for word in *words {
            let letter = word.bytes().next().unwrap_or(b'a') - b'a';
            out[usize::from(letter)].push((theme, word));
        }
    }
    out
});
