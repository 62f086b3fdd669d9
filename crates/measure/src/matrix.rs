//! Square matrices of a few hundred rows at most; nothing here is worth a library.

/// A square matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    pub(crate) size: usize,
    pub(crate) cells: Vec<f64>,
}

impl Matrix {
    pub(crate) fn from_fn(size: usize, cell: impl Fn(usize, usize) -> f64) -> Self {
        let cells = (0..size * size)
            .map(|at| cell(at / size, at % size))
            .collect();
        Self { size, cells }
    }

    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.size + column]
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.size..(row + 1) * self.size]
    }

    fn square(&self) -> Self {
        let mut cells = vec![0.0; self.cells.len()];
        for row in 0..self.size {
            let into = &mut cells[row * self.size..(row + 1) * self.size];
            for (middle, factor) in self.row(row).iter().enumerate() {
                for (sum, value) in into.iter_mut().zip(self.row(middle)) {
                    *sum += factor * value;
                }
            }
        }
        Self {
            size: self.size,
            cells,
        }
    }

    /// The largest absolute row sum.
    fn norm(&self) -> f64 {
        let sum = |row| self.row(row).iter().map(|cell| cell.abs()).sum();
        (0..self.size).map(sum).fold(0.0, f64::max)
    }

    /// The spectral radius, as the limit of `‖A^k‖^(1/k)`: approached from above, also where the largest eigenvalue
    /// is not alone, where iterating a vector would never settle.
    pub(crate) fn spectral_radius(&self) -> f64 {
        /// `k = 2²⁰`: the root of any norm of that power is close to the radius.
        const SQUARINGS: i32 = 20;
        let mut power = self.clone();
        let mut logarithm = 0.0;
        for step in 0..=SQUARINGS {
            let norm = power.norm();
            if norm == 0.0 {
                return 0.0;
            }
            // The logarithm of ‖A^k‖ / k, with the scale taken out of the matrix so that no power overflows.
            logarithm += norm.ln() / 2_f64.powi(step);
            power.cells.iter_mut().for_each(|cell| *cell /= norm);
            if step < SQUARINGS {
                power = power.square();
            }
        }
        logarithm.exp()
    }

    /// The inverse by Gauss and Jordan with row exchanges; none when there is none.
    pub(crate) fn inverse(&self) -> Option<Self> {
        let size = self.size;
        let mut left = self.clone();
        let mut right = Self::from_fn(size, |row, column| f64::from(u8::from(row == column)));
        for column in 0..size {
            let pivot = (column..size).max_by(|&a, &b| {
                let (a, b) = (left.at(a, column), left.at(b, column));
                a.abs().total_cmp(&b.abs())
            })?;
            if left.at(pivot, column) == 0.0 || !left.at(pivot, column).is_finite() {
                return None;
            }
            for matrix in [&mut left, &mut right] {
                for at in 0..size {
                    matrix.cells.swap(pivot * size + at, column * size + at);
                }
            }
            let factor = left.at(column, column).recip();
            for matrix in [&mut left, &mut right] {
                matrix.cells[column * size..(column + 1) * size]
                    .iter_mut()
                    .for_each(|cell| *cell *= factor);
            }
            for row in (0..size).filter(|row| *row != column) {
                let factor = left.at(row, column);
                for matrix in [&mut left, &mut right] {
                    for at in 0..size {
                        matrix.cells[row * size + at] -= factor * matrix.cells[column * size + at];
                    }
                }
            }
        }
        Some(right)
    }
}
