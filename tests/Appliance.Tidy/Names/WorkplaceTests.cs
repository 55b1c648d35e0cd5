namespace Appliance.Tidy;

public sealed class WorkplaceTests
{
    public static TheoryData<string> Forbidden =>
    [
        .. WorkplaceRule.Words,
        .. WorkplaceRule.Folders.Select(folder => $"see /{folder}/main"),
        .. WorkplaceRule.Folders.Select(folder => $"cd /{folder}"),
        .. WorkplaceRule.Folders.Select(folder => $"\"/{folder}/a\""),
    ];

    [Fact]
    public void Nothing_names_the_workplace() => Repository.HasNo(Repository.Files.SelectMany(WorkplaceRule.Check));

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void A_name_of_the_workplace_is_found(string text) =>
        Assert.Single(WorkplaceRule.Check(new SourceFile("a.md", $"first\n{text}\n")));

    [Theory]
    [InlineData("../shared/pcaps")]
    [InlineData("the issue is known")]
    [InlineData("input/work/tests")]
    [InlineData("https://example.org/farm-house")]
    public void Common_words_are_not(string text) => Assert.Empty(WorkplaceRule.Check(new SourceFile("a.md", text)));
}
