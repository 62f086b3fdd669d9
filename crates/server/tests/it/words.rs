//! The documents of the tests: made up, with numbers of nobody.

/// A plan that stays inside the administration.
pub const INNER: &str = "ỦY BAN NHÂN DÂN TỈNH ĐẮK LẮK
Số: 901/KH-UBND
Đắk Lắk, ngày 04 tháng 8 năm 2026

KẾ HOẠCH
Phát triển dữ liệu y tế và kỹ năng số

I. MỤC TIÊU
1. Đến năm 2030
- Tỷ trọng kinh tế số trong GRDP đạt tối thiểu 27%.
- Giao dịch không dùng tiền mặt đạt 65%.

II. NHIỆM VỤ
- Giao Sở Y tế chủ trì, phối hợp với Sở Khoa học và Công nghệ lập danh mục dữ liệu sức khỏe mở, hoàn thành trước ngày 31/8/2026.
- Giao Sở Giáo dục và Đào tạo chủ trì mở lớp học đường ống dữ liệu cho giáo viên, hoàn thành trước ngày 30/9/2026.
- Giao Sở Y tế chủ trì lắp máy đọc thẻ tại các trạm, hoàn thành trước ngày 31/12/2026.
";

/// A programme that is published.
pub const PUBLIC: &str = "TỈNH ỦY ĐẮK LẮK
Số 88-CTr/TU
Đắk Lắk, ngày 02 tháng 8 năm 2026

CHƯƠNG TRÌNH
Đưa đổi mới sáng tạo đến doanh nghiệp nhỏ

I. MỤC TIÊU
1. Đến năm 2030
- Tỷ lệ doanh nghiệp có hoạt động đổi mới sáng tạo đạt tối thiểu 33%.
- Tỷ lệ sử dụng dịch vụ công trực tuyến đạt trên 75%.

II. NHIỆM VỤ
- Giao Sở Y tế chủ trì, phối hợp với Sở Tài chính lập quầy tư vấn thiết bị khám, hoàn thành trước ngày 15/11/2026.
- Giao Sở Giáo dục và Đào tạo chủ trì tổ chức hội thi sáng chế học đường, hoàn thành trước ngày 20/8/2026.
- Giao Sở Tài chính chủ trì công bố danh sách quỹ hỗ trợ, hoàn thành trước ngày 31/10/2026.
";

/// What an officer wrote that nobody outside may read.
pub const RESULT: &str = "Danh mục bí danh Sao Khuê đã lập xong";
/// The same of a task that everybody sees.
pub const PUBLIC_RESULT: &str = "Hội thi bí danh Kim Ngưu đã xong";
/// Why a result was returned.
pub const REASON: &str = "Thiếu biên bản Ngân Hà";
/// Why time was granted.
pub const EXTENSION: &str = "Nhà thầu Thiên Cầm chậm giao";
/// A source only those inside read.
pub const INNER_SOURCE: &str = "Biểu nháp Hải Đăng";
/// A source everybody reads.
pub const PUBLIC_SOURCE: &str = "Niên giám Cánh Buồm";
/// A note to a public figure.
pub const NOTE: &str = "Đối chiếu với sổ tay";
/// A paper handed in to an index season.
pub const PAPER: &str = "Danh sách nhân lực bí danh Ô Quan";
/// Content of a piece of evidence.
pub const EVIDENCE: &[u8] = b"bien ban nghiem thu";
