using Appliance.Scenarios;
using Appliance.Testing;
using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Tests;

/// <summary>
/// A folder with a router, captures made by hand and whatever test.yaml a test writes. What becomes of the packets of lan.pcap:
/// <code>
///     1 pass    2 drop (hop-limit)    3 drop (blackhole)    4 consume, an echo to us    5 pass, in three fragments
/// </code>
/// </summary>
internal sealed class ScenarioRig : IDisposable
{
    public const string Router = """
        vcpus: 2
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24]}
          wan: {backend: pcap, addresses: [203.0.113.2/24]}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: 198.51.100.0/24, blackhole: true}

        """;

    private const long Start = 1_700_000_000_000_000_000;               // nanoseconds
    private const long Apart = 1_000_000;

    private readonly TemporaryFolder _folder = new();

    public ScenarioRig()
    {
        Directory.CreateDirectory(Folder);
        Write("router.yaml", Router);
        WriteCapture("lan.pcap", Packets);
    }

    /// <summary>The frames of lan.pcap.</summary>
    public static byte[][] Packets { get; } =
    [
        Udp("8.8.8.8"), Udp("8.8.8.8", hopLimit: 1), Udp("198.51.100.7"),
        TestFrames.Ipv4("192.168.1.10", "192.168.1.1", TestTransport.EchoRequest(7)), Udp("8.8.8.8", payload: 4000),
    ];

    public string Folder => _folder["case"];

    public string this[string name] => Path.Combine(Folder, name);

    public static byte[] Udp(string destination, byte hopLimit = 64, int payload = 8, ushort port = 53, string source = "192.168.1.10") =>
        TestFrames.Ipv4(source, destination, TestTransport.Udp(40_000, port, payload), ip => ip with { TimeToLive = hopLimit });

    public string Write(string name, string text) => _folder.Write($"case/{name}", text);

    public string WriteCapture(string name, params IEnumerable<byte[]> frames)
    {
        using var writer = new PcapWriter(File.Create(this[name]));
        long time = Start;
        foreach (byte[] frame in frames)
            writer.Write(frame, time += Apart);
        return this[name];
    }

    /// <summary>Plays a test.yaml.</summary>
    public ScenarioResult Play(string yaml)
    {
        Write("test.yaml", yaml);
        return ScenarioRun.Of(new ScenarioFolder(Folder, "case"));
    }

    public void MustPass(string yaml)
    {
        ScenarioResult result = Play(yaml);
        Assert.True(result.Outcome == ScenarioOutcome.Passed && result.Lines.IsEmpty, string.Join('\n', result.Lines));
    }

    /// <summary>Plays what must fail, and answers its lines, without the file's name in front of the position.</summary>
    public string[] MustFail(string yaml) => MustEnd(ScenarioOutcome.Failed, yaml);

    /// <inheritdoc cref="MustFail"/>
    public string[] MustEnd(ScenarioOutcome outcome, string yaml)
    {
        ScenarioResult result = Play(yaml);
        Assert.True(result.Outcome == outcome, $"{result.Outcome}: {string.Join('\n', result.Lines)}");
        Assert.NotEmpty(result.Lines);
        return [.. result.Lines.Select(line => line.Replace(this["test.yaml"] + ":", "", StringComparison.Ordinal)
            .Replace(Folder + "/", "", StringComparison.Ordinal))];
    }

    public void Dispose() => _folder.Dispose();
}
