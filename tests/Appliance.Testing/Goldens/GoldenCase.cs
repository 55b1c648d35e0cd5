using System.Globalization;

namespace Appliance.Testing;

/// <summary>
/// A golden replay: what comes in, by which rules, and what has to leave, written by hand in <c>case.txt</c>; beside it the captures that
/// came in and those that left, byte for byte.
/// <code>
///     [rules]     the ruleset
///     [in]        PORT and a packet as `trace --packet` takes it, or PORT error SRC > DST TYPE/CODE[:WORD] about PACKET, every millisecond
///     [lan]       what leaves by the lan, a line each, as PlainLine prints it, with {names} for what the appliance chooses (GoldenLines)
///     [wan]       the same of the wan
///     [counters]  paths into the document of `replay --json`, and their numbers
/// </code>
/// A line that begins with # is a comment. Answers are followed: they go to the endpoint that the appliance chose for their questions.
/// </summary>
public sealed class GoldenCase
{
    /// <summary>What all of them are about: two ports, both families, default routes.</summary>
    public const string Network = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: "::/0", via: "2001:db8:2::1"}
        firewall: {ruleset: case.pf.conf}

        """;

    public static readonly string[] Ports = ["lan", "wan"];

    private readonly Dictionary<string, List<string>> _sections = new(StringComparer.Ordinal);

    private GoldenCase(string name) => Name = name;

    public static string Folder { get; } = RepositoryRoot.PathTo("tests", "Appliance.Tests", "Goldens");

    public static IEnumerable<string> Names =>
        Directory.EnumerateDirectories(Folder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    public string Name { get; }

    public string Rules => string.Join('\n', this["rules"]) + "\n";

    public IReadOnlyList<(string Port, string Packet)> In =>
        [.. this["in"].Select(line => line.Split(' ', 2)).Select(words => (words[0], words[1]))];

    public IReadOnlyList<(string Path, long Number)> Counters => [.. this["counters"].Select(line => line.Split(": "))
        .Select(words => (words[0], long.Parse(words[1], CultureInfo.InvariantCulture)))];

    /// <summary>The lines of a section; none if it is not there.</summary>
    public IReadOnlyList<string> this[string section] => _sections.GetValueOrDefault(section) ?? [];

    public static GoldenCase Read(string name)
    {
        var read = new GoldenCase(name);
        List<string>? section = null;
        foreach (string line in File.ReadAllLines(Path.Combine(Folder, name, "case.txt")))
        {
            if (line.StartsWith('['))
                read._sections.Add(line.Trim('[', ']'), section = []);
            else if (line.Length > 0 && line[0] != '#')
                (section ?? throw new FormatException($"{name}: {line} stands in no section.")).Add(line);
        }

        return read;
    }

    /// <summary>The capture of what came in by a port.</summary>
    public string Input(string port) => Path.Combine(Folder, Name, $"{port}.pcap");

    /// <summary>The capture of what left.</summary>
    public string Output(string port) => Path.Combine(Folder, Name, $"to-{port}.pcap");
}
