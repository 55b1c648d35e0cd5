using Xunit;

namespace Appliance.Configuration.Tests;

/// <summary>
/// Each <c>Broken/NNN-name.yaml</c> is wrong in the ways that <c>NNN-name.expected</c> lists, one <c>line:column: message</c> a line, all
/// of them and in this order.
/// </summary>
public class BrokenConfigurationTests
{
    private const int LeastCount = 100;

    public static TheoryData<string> Names() =>
        [.. Directory.EnumerateFiles(RepositoryFiles.Broken, "*.yaml")
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_error_is_reported_where_it_is_with_what_would_be_right(string name)
    {
        string path = Path.Combine(RepositoryFiles.Broken, name + ".yaml");
        ConfigurationResult result = ConfigurationLoader.Load(path);
        string[] expected = File.ReadAllLines(Path.ChangeExtension(path, ".expected"));
        Assert.NotEmpty(expected);
        Assert.Null(result.Model);
        Assert.Empty(result.Warnings);
        Assert.Equal([.. expected.Select(line => Line(path, line))], [.. result.Errors.Select(error => error.ToString())],
            StringComparer.Ordinal);
    }

    [Fact]
    public void There_are_a_hundred_of_them_and_each_has_its_expectation()
    {
        string[] names = [.. Names().Select(row => row.Data)];
        Assert.True(names.Length >= LeastCount, $"{names.Length} broken configurations");
        foreach (string name in names) Assert.True(File.Exists(Path.Combine(RepositoryFiles.Broken, name + ".expected")), name);
    }

    [Fact]
    public void A_message_is_one_line_and_says_what_would_be_right()
    {
        string[] remedies = ["expected", "did you mean", "delete", "keep one", "belongs to", "write", "save", "spaces", "make 'via' a list",
            "close", "quotes", "one document", "no value of"];
        foreach (string path in Directory.EnumerateFiles(RepositoryFiles.Broken, "*.expected"))
        {
            foreach (string line in File.ReadLines(path))
                Assert.True(remedies.Any(remedy => line.Contains(remedy, StringComparison.Ordinal)), $"{Path.GetFileName(path)}: {line}");
        }
    }

    private static string Line(string path, string expected) =>
        char.IsAsciiDigit(expected[0]) ? $"{path}:{expected}" : $"{path}: {expected}";
}
