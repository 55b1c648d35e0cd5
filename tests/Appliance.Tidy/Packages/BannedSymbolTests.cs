namespace Appliance.Tidy;

public sealed class BannedSymbolTests
{
    [Fact]
    public void The_ban_is_wired_into_every_project_of_src()
    {
        string editorConfig = File.ReadAllText(Path.Combine(Repository.Root, ".editorconfig"));
        IEnumerable<SourceFile> buildFiles = Repository.Files
            .Where(file => file.IsUnder("src") && Path.GetExtension(file.Path) is ".csproj" or ".props" or ".targets" or ".pubxml");
        Repository.HasNo(
        [
            .. BannedSymbolRules.Wiring(Repository.File("Directory.Build.props")),
            .. buildFiles.SelectMany(BannedSymbolRules.Loosened),
            .. Repository.CSharp.Where(file => file.IsUnder("src")).SelectMany(BannedSymbolRules.Suppressed),
            .. BannedSymbolRules.Silenced(new SourceFile(".editorconfig", editorConfig)),
        ]);
    }

    [Fact]
    public void Missing_wiring_is_found() =>
        Assert.Equal(2, BannedSymbolRules.Wiring(new SourceFile("Directory.Build.props", "<Project />")).Count());

    [Theory]
    [InlineData("src/A/A.csproj", "<Project><NoWarn>RS0030</NoWarn></Project>", 1)]
    [InlineData("src/A/A.csproj", "<Project><AdditionalFiles Remove=\"@(AdditionalFiles)\" /></Project>", 1)]
    [InlineData("src/Directory.Build.props", "<Project />", 1)]
    [InlineData("src/A/A.csproj", "<Project />", 0)]
    public void A_project_that_takes_the_ban_out_is_found(string path, string text, int count) =>
        Assert.Equal(count, BannedSymbolRules.Loosened(new SourceFile(path, text)).Count());

    [Theory]
    [InlineData("[*.cs]\ndotnet_diagnostic.RS0030.severity = none\n", 1)]
    [InlineData("[src/Appliance.Node/**.cs]\ndotnet_diagnostic.RS0030.severity = suggestion\n", 1)]
    [InlineData("[tests/**.cs]\ndotnet_diagnostic.RS0030.severity = none\n", 0)]
    [InlineData("[*.cs]\ndotnet_diagnostic.RS0030.severity = error\n", 0)]
    public void A_silenced_ban_is_found(string text, int count) =>
        Assert.Equal(count, BannedSymbolRules.Silenced(new SourceFile(".editorconfig", text)).Count());

    [Theory]
    [InlineData("#pragma warning disable RS0030\nclass A;", 1)]
    [InlineData("[System.Diagnostics.CodeAnalysis.SuppressMessage(\"ApiDesign\", \"RS0030\")] class A;", 1)]
    [InlineData("// RS0030 is not silenced here\nclass A;", 0)]
    public void A_suppression_in_code_is_found(string text, int count) =>
        Assert.Equal(count, BannedSymbolRules.Suppressed(new SourceFile("src/Appliance.Node/A.cs", text)).Count());
}
