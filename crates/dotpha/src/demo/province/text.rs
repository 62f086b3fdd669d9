//! Generated words: names of people, plans with targets and tasks.

use std::fmt::Write as _;

use activation::Directory;
use catalogue::Unit;
use jiff::civil::Date;
use viet::Lang;

use super::super::tasks::Assigned;
use super::random::Random;

const FAMILY: [&str; 12] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Y", "H’",
];
const MIDDLE: [&str; 8] = ["Văn", "Thị", "Minh", "Thu", "Quốc", "Ngọc", "Hải", "Thanh"];
const GIVEN: [&str; 16] = [
    "An", "Bình", "Châu", "Dung", "Giang", "Hà", "Khánh", "Lan", "Mai", "Nam", "Oanh", "Phúc",
    "Quân", "Sơn", "Trang", "Yến",
];

/// An invented name; numbered, since chance would give some twice.
pub fn name(number: usize) -> String {
    let mut random = Random::of(&[7, number as u64]);
    let mut one_of = |list: &[&'static str]| list[random.below(list.len())];
    let (family, middle, given) = (one_of(&FAMILY), one_of(&MIDDLE), one_of(&GIVEN));
    format!("{family} {middle} {given} ({})", number + 1)
}

const ACTIONS: [&str; 12] = [
    "rà soát",
    "số hóa",
    "xây dựng",
    "triển khai",
    "hướng dẫn sử dụng",
    "kiểm tra",
    "nâng cấp",
    "kết nối",
    "tổ chức tập huấn về",
    "thí điểm",
    "hoàn thiện",
    "đánh giá",
];
const THINGS: [&str; 12] = [
    "hồ sơ đất đai lưu trữ",
    "mạng nội bộ của cơ quan",
    "hệ thống tiếp nhận phản ánh",
    "dữ liệu hộ kinh doanh",
    "bản đồ vùng trồng cà phê",
    "cơ sở dữ liệu cán bộ",
    "phòng họp trực tuyến",
    "thiết bị quan trắc nước",
    "sổ tay kỹ năng số",
    "mã truy xuất nguồn gốc nông sản",
    "điểm phát sóng công cộng",
    "quy trình xử lý văn bản điện tử",
];
const HEADINGS: [&str; 5] = [
    "Nhận thức và tổ chức",
    "Hạ tầng",
    "Dữ liệu",
    "Chính quyền số",
    "Kinh tế số và xã hội số",
];

/// A plan with ten targets and its tasks, as a text that is read like any other.
pub fn plan(number: usize, day: Date, tasks: &[Assigned], directory: &Directory) -> String {
    let written = viet::date::format(day, Lang::Vi);
    let mut text = format!(
        "ỦY BAN NHÂN DÂN\nTỈNH ĐẮK LẮK\n\nSố: {}/KH-TT\nĐắk Lắk, ngày {} tháng {} năm {}\n\nKẾ HOẠCH\n\
         Thử tải số {} của tỉnh Đắk Lắk giai đoạn 2026-2030\n\n\
         (Văn bản sinh ra tự động ngày {written} để thử tải, không phải văn bản đã ban hành)\n\n\
         I. MỤC TIÊU ĐẾN NĂM 2030\n",
        700 + number,
        day.day(),
        day.month(),
        day.year(),
        number + 1,
    );
    targets(number, directory, &mut text);
    text.push_str("\nII. NHIỆM VỤ\n");
    let each = tasks.len().div_ceil(HEADINGS.len()).max(1);
    for (part, (heading, tasks)) in HEADINGS.iter().zip(tasks.chunks(each)).enumerate() {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}. {heading}", part + 1);
        for task in tasks {
            let _ = writeln!(text, "{}", sentence(task, day, directory));
        }
    }
    text.push_str(
        "\nIII. TỔ CHỨC THỰC HIỆN\n1. Sở Khoa học và Công nghệ theo dõi, hằng quý tổng hợp kết quả.\n",
    );
    text
}

fn targets(number: usize, directory: &Directory, text: &mut String) {
    let percent: Vec<&str> = directory
        .indicators()
        .list()
        .map(|pinned| &pinned.definition)
        .filter(|indicator| indicator.value.unit == Unit::Percent)
        .map(|indicator| match indicator.linking.terms.first() {
            Some(term) => term.as_str(),
            None => indicator.def.label.vi.as_str(),
        })
        .collect();
    let mut random = Random::of(&[11, number as u64]);
    for n in 0..10 {
        let Some(term) = percent.get((number * 10 + n) % percent.len().max(1)) else {
            return;
        };
        let mut letters = term.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string());
        let _ = writeln!(
            text,
            "- {}{} đạt tối thiểu {}%.",
            first.unwrap_or_default(),
            letters.as_str(),
            20 + random.below(70)
        );
    }
}

/// What a task is about.
pub fn subject(number: usize, order: usize) -> String {
    let mut random = Random::of(&[13, number as u64, order as u64]);
    let action = ACTIONS[random.below(ACTIONS.len())];
    let thing = THINGS[random.below(THINGS.len())];
    format!("{action} {thing} (phần {order})")
}

fn sentence(task: &Assigned, day: Date, directory: &Directory) -> String {
    let organisations = directory.organisations();
    let name = |id| {
        organisations
            .name(id, day)
            .map_or("", |name| name.vi.as_str())
    };
    let by = task.deadline.map(|day| viet::date::format(day, Lang::Vi));
    format!(
        "- Giao {} chủ trì, phối hợp với {} {}, hoàn thành trước ngày {}.",
        name(&task.lead),
        task.support.first().map_or("", name),
        task.title,
        by.unwrap_or_default()
    )
}
