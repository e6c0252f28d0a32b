/// Lets an enumeration with a list `ALL` be written as its numbers and read from them.
macro_rules! numbered {
    ($name:ident, $what:literal, $numbers:literal) => {
        impl From<$name> for u8 {
            fn from(one: $name) -> u8 {
                one as u8
            }
        }

        impl TryFrom<u8> for $name {
            type Error = String;

            fn try_from(number: u8) -> Result<Self, Self::Error> {
                $name::ALL
                    .into_iter()
                    .find(|one| *one as u8 == number)
                    .ok_or_else(|| format!("{} is {}, not {number}", $what, $numbers))
            }
        }
    };
}

pub(super) use numbered;
