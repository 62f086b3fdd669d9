//! Which indicator counts towards which group, and with what weight.

use serde::{Deserialize, Serialize};

use crate::figure::Refusal;

/// One indicator or one group of an index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// Its code, the name of its column.
    pub code: String,
    /// 1 for an indicator; a group stands one level above its parts.
    pub level: u8,
    /// The group it counts towards; none for the index itself.
    pub parent: Option<String>,
    /// Its weight within its group.
    pub weight: f64,
    /// Less is better. Indicators only.
    #[serde(default)]
    pub reversed: bool,
    /// The column its values are divided by. Indicators only.
    #[serde(default)]
    pub denominator: Option<String>,
}

/// The weights of every element, level by level, in the order of the hierarchy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weights(pub Vec<Vec<f64>>);

/// A checked tree: indicators at the bottom, one index on top.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Element>", into = "Vec<Element>")]
pub struct Hierarchy {
    pub(super) levels: Vec<Vec<Element>>,
    /// For each level, for each element, the places of its parts on the level below.
    pub(super) parts: Vec<Vec<Vec<usize>>>,
}

impl TryFrom<Vec<Element>> for Hierarchy {
    type Error = Refusal;

    fn try_from(elements: Vec<Element>) -> Result<Self, Refusal> {
        Self::new(elements)
    }
}

impl From<Hierarchy> for Vec<Element> {
    fn from(hierarchy: Hierarchy) -> Self {
        hierarchy.levels.into_iter().flatten().collect()
    }
}

impl Hierarchy {
    /// Checks that every element has its parent one level up, that there is one index on top, that every group has
    /// parts, and that weights are positive.
    pub fn new(elements: Vec<Element>) -> Result<Self, Refusal> {
        let depth = elements.iter().map(|e| e.level).max().unwrap_or(0);
        let mut levels: Vec<Vec<Element>> = vec![Vec::new(); usize::from(depth)];
        for element in elements {
            check_alone(&element, depth)?;
            let level = usize::from(element.level) - 1;
            if levels.iter().flatten().any(|e| e.code == element.code) {
                return Err(fault(&element.code, "xuất hiện hai lần", "stands twice"));
            }
            levels[level].push(element);
        }
        if levels.last().is_none_or(|top| top.len() != 1) || depth < 2 {
            return Err(Refusal::new(
                "bộ chỉ số phải có ít nhất hai bậc và đúng một chỉ số ở bậc cao nhất",
                "an index needs two levels at least and exactly one element on top",
            ));
        }
        let parts = link(&levels)?;
        Ok(Self { levels, parts })
    }

    /// The indicators.
    pub fn indicators(&self) -> &[Element] {
        &self.levels[0]
    }

    /// The levels, indicators first.
    pub fn levels(&self) -> &[Vec<Element>] {
        &self.levels
    }

    /// The code of the index.
    pub fn top(&self) -> &str {
        // A checked hierarchy has one element on its last level.
        &self.levels[self.levels.len() - 1][0].code
    }

    /// The weights as declared.
    pub fn weights(&self) -> Weights {
        let of_level = |level: &Vec<Element>| level.iter().map(|e| e.weight).collect();
        Weights(self.levels.iter().map(of_level).collect())
    }

    /// The same weight for every part of a group.
    pub fn equal_weights(&self) -> Weights {
        Weights(
            self.levels
                .iter()
                .map(|level| vec![1.0; level.len()])
                .collect(),
        )
    }

    /// The hierarchy without one element and all that counts towards it alone.
    pub(super) fn without(&self, code: &str) -> Result<Self, Refusal> {
        let mut gone = vec![code.to_owned()];
        let mut kept: Vec<Element> = Vec::new();
        for element in self.levels.iter().rev().flatten() {
            let orphan = element.parent.as_ref().is_some_and(|p| gone.contains(p));
            if orphan {
                gone.push(element.code.clone());
            } else if element.code != code {
                kept.push(element.clone());
            }
        }
        // A group that lost its only part goes too.
        for level in 2..=self.levels.len() as u8 {
            let parents: Vec<Option<String>> = kept.iter().map(|e| e.parent.clone()).collect();
            kept.retain(|e| e.level != level || parents.contains(&Some(e.code.clone())));
        }
        kept.sort_by_key(|element| element.level);
        Self::new(kept)
    }
}

fn check_alone(element: &Element, depth: u8) -> Result<(), Refusal> {
    if element.level == 0 {
        return Err(fault(
            &element.code,
            "phải có bậc từ 1 trở lên",
            "needs a level of 1 or more",
        ));
    }
    if !(element.weight.is_finite() && element.weight > 0.0) {
        return Err(fault(
            &element.code,
            "phải có trọng số lớn hơn 0",
            "needs a weight above 0",
        ));
    }
    if element.parent.is_none() && element.level != depth {
        return Err(fault(
            &element.code,
            "chưa được xếp vào nhóm nào",
            "belongs to no group",
        ));
    }
    if element.level > 1 && (element.reversed || element.denominator.is_some()) {
        return Err(fault(
            &element.code,
            "là nhóm nên không có chiều nghịch hoặc mẫu số",
            "is a group and has neither direction nor denominator",
        ));
    }
    Ok(())
}

fn link(levels: &[Vec<Element>]) -> Result<Vec<Vec<Vec<usize>>>, Refusal> {
    let mut parts: Vec<Vec<Vec<usize>>> = levels
        .iter()
        .map(|level| vec![Vec::new(); level.len()])
        .collect();
    for (below, pair) in levels.windows(2).enumerate() {
        for (at, element) in pair[0].iter().enumerate() {
            let parent = pair[1]
                .iter()
                .position(|group| Some(&group.code) == element.parent.as_ref());
            let Some(parent) = parent else {
                return Err(fault(
                    &element.code,
                    "phải thuộc một nhóm ở ngay bậc trên",
                    "needs its group on the level above",
                ));
            };
            parts[below + 1][parent].push(at);
        }
        for (group, members) in pair[1].iter().zip(&parts[below + 1]) {
            if members.is_empty() {
                return Err(fault(
                    &group.code,
                    "là nhóm không có thành phần",
                    "is a group without parts",
                ));
            }
        }
    }
    Ok(parts)
}

fn fault(code: &str, vi: &str, en: &str) -> Refusal {
    Refusal::new(format!("“{code}” {vi}"), format!("\"{code}\" {en}"))
}
