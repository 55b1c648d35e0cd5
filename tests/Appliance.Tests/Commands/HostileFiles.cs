namespace Appliance.Tests;

/// <summary>What the hostile command lines name in braces: files good, bad and impossible.</summary>
public sealed class HostileFiles : IDisposable
{
    private const int CutAt = 5000;                                     // bytes, within a record of the demo
    private const int LongArgument = 100_000;                           // characters; the kernel's limit for one is 131,072 bytes
    private const string FullDevice = "/dev/full";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _names;

    public HostileFiles()
    {
        byte[] junk = [.. Enumerable.Range(0, 3000).Select(i => (byte)((i * 151) + 200))];
        string full = Directory.CreateDirectory(_folder["full"]).FullName;
        File.CreateSymbolicLink(Path.Combine(full, "lan.pcap"), FullDevice);
        _names = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["{tmp}"] = _folder.Path,
            ["{config}"] = RepositoryFiles.DemoConfiguration,
            ["{cut}"] = _folder.Write("cut.pcap", File.ReadAllBytes(RepositoryFiles.DemoLan).AsSpan(0, CutAt)),
            ["{junk}"] = _folder.Write("junk", junk),
            ["{empty}"] = _folder.Write("empty", ""),
            ["{full}"] = full,
            ["{long}"] = new string('x', LongArgument),
        };
    }

    /// <summary>The text with every name in braces replaced.</summary>
    public string Fill(string text) =>
        _names.Aggregate(text, (filled, name) => filled.Replace(name.Key, name.Value, StringComparison.Ordinal));

    public void Dispose() => _folder.Dispose();
}
