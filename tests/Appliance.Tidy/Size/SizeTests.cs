namespace Appliance.Tidy;

public sealed class SizeTests
{
    [Fact]
    public void Files_are_at_most_400_lines_or_say_why() => Repository.HasNo(Repository.CSharp.SelectMany(SizeRules.LongFiles));

    [Fact]
    public void Functions_are_at_most_70_lines() => Repository.HasNo(Repository.CSharp.SelectMany(SizeRules.LongFunctions));

    [Fact]
    public void Lines_are_at_most_140_columns() => Repository.HasNo(Repository.CSharp.SelectMany(SizeRules.LongLines));

    [Fact]
    public void A_file_of_401_lines_is_found_unless_it_says_why()
    {
        string long401 = string.Concat(Enumerable.Repeat("//\n", 401));
        Assert.Single(SizeRules.LongFiles(new SourceFile("a.cs", long401)));
        Assert.Empty(SizeRules.LongFiles(new SourceFile("a.cs", long401[3..])));
        Assert.Empty(SizeRules.LongFiles(new SourceFile("a.cs", "// Over 400 lines: one table of the standard.\n" + long401)));
        Assert.Single(SizeRules.LongFiles(new SourceFile("a.cs", "// Over 400 lines:\n" + long401)));
    }

    [Theory]
    [InlineData("class C\n{\n    [A]\n    void M()\n    {\n", "    }\n}\n", 67)]
    [InlineData("class C\n{\n    int P\n    {\n        get\n        {\n", "        }\n    }\n}\n", 67)]
    [InlineData("class C\n{\n    C()\n    {\n", "    }\n}\n", 67)]
    [InlineData("System.Action a = () =>\n{\n", "};\n", 67)]
    public void A_function_of_71_lines_is_found(string before, string after, int bodyAtMost)
    {
        string At(int lines) => before + string.Concat(Enumerable.Repeat(";\n", lines)) + after;
        Assert.Empty(SizeRules.LongFunctions(new SourceFile("a.cs", At(bodyAtMost))));
        Finding found = Assert.Single(SizeRules.LongFunctions(new SourceFile("a.cs", At(bodyAtMost + 1))));
        Assert.Contains("71 lines", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_of_141_columns_is_found_and_a_column_is_a_character()
    {
        Assert.Empty(SizeRules.LongLines(new SourceFile("a.cs", new string('é', 140))));
        Finding found = Assert.Single(SizeRules.LongLines(new SourceFile("a.cs", "\n" + new string('x', 141))));
        Assert.Equal(2, found.Line);
    }
}
