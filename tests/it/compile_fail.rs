//! What must not compile.

#[test]
fn a_permit_cannot_be_forged() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/it/compile_fail/*.rs");
}
