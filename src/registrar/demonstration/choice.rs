//! Plausible choices that are the same at every start: a small linear congruential generator. Never for anything that
//! must not be guessed; codes, ids and passwords come from the clock's room.

/// A sequence of choices.
#[derive(Debug, Clone)]
pub struct Choice(u64);

impl Choice {
    /// A sequence of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1))
    }

    /// A number below `limit`; 0 when there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        // Knuth's figures for 64 bits; the upper half is the even one.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize).checked_rem(limit).unwrap_or(0)
    }

    /// Yes in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list; `None` of an empty one.
    pub fn of<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let place = self.below(list.len());
        list.get(place)
    }
}

#[cfg(test)]
mod tests {
    use super::Choice;

    #[test]
    fn the_same_seed_chooses_the_same_and_every_choice_occurs() {
        let take = |seed| {
            let mut choice = Choice::new(seed);
            (0..200).map(|_| choice.below(7)).collect::<Vec<_>>()
        };
        assert_eq!(take(1), take(1));
        assert_ne!(take(1), take(2));
        assert!((0..7).all(|number| take(1).contains(&number)));
        assert_eq!(Choice::new(1).of::<u8>(&[]), None);
    }
}
