//! Characters that file systems and databases take for others, beyond what Unicode says of them.

/// Where ten digits begin that databases take for 0 to 9: those of each script, and some with a frame
/// around them.
const ZEROS: &str = "\
    ٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠\u{1040}\u{1090}\u{1368}\u{17e0}\u{1810}\u{1946}\u{19d0}\u{1a80}\u{1a90}\u{1b50}\
    \u{1bb0}\u{1c40}\u{1c50}\u{24f4}\u{2775}\u{277f}\u{2789}\u{3020}\u{a620}\u{a8d0}\u{a900}\u{a9d0}\
    \u{a9f0}\u{aa50}\u{abf0}\u{104a0}\u{10d30}\u{10d40}\u{11066}\u{110f0}\u{11136}\u{111d0}\u{112f0}\
    \u{11450}\u{114d0}\u{11650}\u{116c0}\u{116d0}\u{116da}\u{11730}\u{118e0}\u{11950}\u{11bf0}\u{11c50}\
    \u{11d50}\u{11da0}\u{11de0}\u{11f50}\u{16130}\u{16a60}\u{16ac0}\u{16b50}\u{16d70}\u{1ccf0}\u{1e140}\
    \u{1e2f0}\u{1e4f0}\u{1e5f1}\u{1e950}";

/// Letters, each with the one that databases take it for: with a stroke or of an old shape, above
/// another letter, small ones of kana; and quotation marks.
const ALIKE: &str = "ðdđdħhłløoŧtςσ‘'’'ꝛrꝺdꝼfᵹgꞃrꞅsꞇtꞛaꞝoꞟuꞡgꞣkꞥnꞧrꞩsꟁaꟃwꟙs\
    \u{363}a\u{364}e\u{365}i\u{366}o\u{367}u\u{368}c\u{369}d\u{36a}h\u{36b}m\u{36c}r\u{36d}t\u{36e}v\u{36f}x\
    \u{1abf}w\u{1acc}g\u{1acd}r\u{1ace}t\u{1dca}r\u{1dd3}a\u{1dd7}c\u{1dd8}d\u{1dd9}d\u{1dda}g\u{1ddc}k\
    \u{1ddd}l\u{1de0}n\u{1de3}r\u{1de4}s\u{1de5}s\u{1de6}z\u{1de8}b\u{1deb}f\u{1ded}o\u{1dee}p\u{1df0}u\
    \u{1df1}w\u{1df2}a\u{1df3}o\u{1df4}u\
    ぁあぃいぅうぇえぉおっつゃやゅゆょよゎわゕかゖけ";

/// A digit of 0 to 9, a letter without a frame or a stroke, hiragana for katakana.
pub(super) fn plain(character: char) -> char {
    let moved = |character: char, first: char, count: u32, to: char| {
        let place = u32::from(character).checked_sub(u32::from(first))?;
        char::from_u32(u32::from(to).checked_add(place)?).filter(|_| place < count)
    };
    let runs = [('\u{1f150}', 26, 'a'), ('\u{1f170}', 26, 'a'), ('ァ', 86, 'ぁ')];
    let mut runs = runs.into_iter().chain(ZEROS.chars().map(|zero| (zero, 10, '0')));
    let character =
        runs.find_map(|(first, count, to)| moved(character, first, count, to)).unwrap_or(character);
    let mut alike = ALIKE.chars();
    while let (Some(letter), Some(other)) = (alike.next(), alike.next()) {
        if letter == character {
            return other;
        }
    }
    character
}

/// What is not seen, and accents.
pub(super) fn is_ignored(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{300}'..='\u{362}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{640}' | '\u{6dd}'
        | '\u{70f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}
