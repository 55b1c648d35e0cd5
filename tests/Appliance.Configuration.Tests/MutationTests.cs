using System.Text;
using Xunit;

namespace Appliance.Configuration.Tests;

/// <summary>Whatever bytes come: a result with a model or with errors, each error within the text, and never an exception.</summary>
public class MutationTests(ITestOutputHelper output)
{
    private const int FlipsPerFile = 1500;

    public static TheoryData<string> Files() => [.. Sources().Select(path => Path.GetRelativePath(RepositoryFiles.Root, path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_text_cut_anywhere_is_a_result(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(RepositoryFiles.Root, name));
        int models = Enumerable.Range(0, bytes.Length + 1).Count(length => Load(bytes.AsSpan(0, length)));
        output.WriteLine($"{bytes.Length + 1} cuts, {models} of them legal");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_text_with_changed_bytes_is_a_result(string name)
    {
        byte[] original = File.ReadAllBytes(Path.Combine(RepositoryFiles.Root, name));
        Random random = new(Seed: name.Length * 7919);
        int models = 0;
        for (int round = 0; round < FlipsPerFile; round++)
        {
            byte[] bytes = [.. original];
            for (int change = random.Next(1, 5); change > 0; change--) bytes = Mutate(bytes, random);
            if (Load(bytes)) models++;
        }

        output.WriteLine($"{FlipsPerFile} changed texts, {models} of them legal");
    }

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(RepositoryFiles.Configs, "*.yaml")
        .Append(Path.Combine(RepositoryFiles.Broken, "200-many-errors-in-order.yaml"))
        .Order(StringComparer.Ordinal);

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        ReadOnlySpan<byte> tokens = "{}[]:,-?&*!|>'\"%@`#\t\n \\0~9/"u8;
        int at = random.Next(bytes.Length);
        switch (random.Next(4))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 1:
                bytes[at] = tokens[random.Next(tokens.Length)];
                return bytes;
            case 2:
                return [.. bytes.AsSpan(0, at), tokens[random.Next(tokens.Length)], .. bytes.AsSpan(at)];
            default:
                int length = Math.Min(random.Next(1, 12), bytes.Length - at);
                int to = random.Next(bytes.Length);
                return [.. bytes.AsSpan(0, to), .. bytes.AsSpan(at, length), .. bytes.AsSpan(to)];
        }
    }

    /// <summary>True for a model.</summary>
    private static bool Load(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        ConfigurationResult result = ConfigurationLoader.LoadBytes(bytes, "f");
        Assert.True(result.Model is null == result.Errors.Length > 0, text);
        string[] lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r');
        foreach (ConfigurationError error in result.Errors)
        {
            Assert.DoesNotContain('\n', error.Message);
            Assert.True(
                error.Position is { Line: >= 1, Column: >= 1 } position && position.Line <= lines.Length
                    && position.Column <= lines[position.Line - 1].Length + 1,
                $"{error}\n{text}");
        }

        return result.Model is not null;
    }
}
