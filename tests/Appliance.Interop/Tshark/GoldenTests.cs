using System.Globalization;
using Appliance.Testing;
using Appliance.Tests;
using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Interop;

/// <summary>
/// The golden replays read by tshark: every checksum is good, nothing is malformed, and each frame is what was written by hand. So no
/// golden is whatever the appliance happened to send.
/// </summary>
public sealed class GoldenTests : IDisposable
{
    private static readonly string[] Fields =
    [
        "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "ip.proto", "ipv6.nxt", "tcp.srcport", "tcp.dstport", "tcp.flags", "udp.srcport",
        "udp.dstport", "icmp.type", "icmp.code", "icmp.ident", "icmp.mtu", "icmpv6.type", "icmpv6.code", "icmpv6.echo.identifier",
        "icmpv6.mtu", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "icmp.checksum.status",
        "icmpv6.checksum.status", "_ws.malformed",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_golden_is_what_was_written_by_hand_and_every_checksum_is_good()
    {
        Peer.Require("tshark");
        List<(string Name, string Port, int Frames)> goldens = [];
        string all = _folder["all.pcap"];
        using (var writer = new PcapWriter(File.Create(all)))
        {
            foreach (string name in GoldenCase.Names)
            {
                foreach (string port in GoldenCase.Ports) goldens.Add((name, port, Append(writer, GoldenCase.Read(name).Output(port))));
            }
        }

        var rows = new Queue<Dictionary<string, string[]>>(Read(all));
        var wrong = new List<string>();
        foreach (IGrouping<string, (string Name, string Port, int Frames)> golden in goldens.GroupBy(golden => golden.Name))
        {
            var names = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach ((string name, string port, int frames) in golden)
            {
                string[] lines = [.. Enumerable.Range(0, frames).Select(_ => LineOf(rows.Dequeue()))];
                string difference = GoldenLines.Compare(GoldenCase.Read(name)[port], lines, names);
                if (difference.Length > 0) wrong.Add($"{name}, {port}:\n{difference}");
            }
        }

        Assert.Empty(rows);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        TestContext.Current.TestOutputHelper?.WriteLine($"{goldens.Count / 2} goldens, {goldens.Sum(golden => golden.Frames)} frames");
    }

    /// <summary>The canary: a frame with another byte behind its checksums is found.</summary>
    [Fact]
    public void A_golden_with_a_wrong_byte_would_be_found()
    {
        string broken = _folder["broken.pcap"];
        using (CaptureReader reader = CaptureReader.Open(File.OpenRead(GoldenCase.Read("nat").Output("wan"))))
        using (var writer = new PcapWriter(File.Create(broken)))
        {
            while (reader.TryRead(out CaptureRecord record))
            {
                byte[] frame = record.Bytes.ToArray();
                frame[^1] ^= 0x55;
                if (frame[23] is 1 or 6 or 17) writer.Write(frame, record.TimestampNanoseconds);
            }
        }

        foreach (Dictionary<string, string[]> row in Read(broken)) Assert.ThrowsAny<Exception>(() => LineOf(row));
    }

    private static int Append(PcapWriter writer, string capture)
    {
        int frames = 0;
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(capture));
        for (; reader.TryRead(out CaptureRecord record); frames++) writer.Write(record.Bytes, record.TimestampNanoseconds);
        return frames;
    }

    private static IEnumerable<Dictionary<string, string[]>> Read(string capture)
    {
        ProcessRun run = ProcessRunner.Run(Peer.Require("tshark"),
        [
            "-n", "-r", capture, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
            "-d", "tcp.port==1-65535,data", "-d", "udp.port==1-65535,data", "-T", "fields", "-E", "separator=/t", "-E", "aggregator=|",
            .. Fields.SelectMany(field => (string[])["-e", field]),
        ]);
        Assert.True(run.ExitCode == 0, run.ToString());
        return run.OutputLines.Select(line => line.Split('\t').Zip(Fields).ToDictionary(
            column => column.Second, column => column.First.Length == 0 ? [] : column.First.Split('|')));
    }

    /// <summary>As <see cref="PlainLine"/> prints it. Of an error the second of each field is what it quotes.</summary>
    private static string LineOf(Dictionary<string, string[]> row)
    {
        Assert.Empty(row["_ws.malformed"]);
        foreach (string checksum in (string[])["ip", "tcp", "udp", "icmp", "icmpv6"])
        {
            string[] states = row[checksum + ".checksum.status"];
            bool isQuoted = checksum is "tcp" or "udp" && row["icmp.type"].Length + row["icmpv6.type"].Length > 0;
            if (!isQuoted && states.Length > 0) Assert.Equal("1", states[0]);       // good; of what is quoted, and cut, nobody knows
        }

        bool isError = row["icmp.type"] is ["3" or "11" or "12", ..] || row["icmpv6.type"] is ["1" or "2" or "3" or "4", ..];
        return isError ? $"{Message(row, 0)} [{Packet(row, 1)}]" : Packet(row, 0);
    }

    private static string Packet(Dictionary<string, string[]> row, int at)
    {
        bool v6 = row["ipv6.src"].Length > at;
        string source = row[v6 ? "ipv6.src" : "ip.src"][at], destination = row[v6 ? "ipv6.dst" : "ip.dst"][at];
        switch (row[v6 ? "ipv6.nxt" : "ip.proto"][at])
        {
            case "6":
                string flags = at == 0 ? " " + Letters(row["tcp.flags"][0]) : "";
                return $"tcp {Ends(row["tcp.srcport"][0], row["tcp.dstport"][0])}{flags}";
            case "17": return $"udp {Ends(row["udp.srcport"][0], row["udp.dstport"][0])}";
            case "1" or "58": return Message(row, at);
            case var protocol: return $"{protocol} {source} > {destination}";
        }

        string Ends(string port, string to) => v6 ? $"[{source}]:{port} > [{destination}]:{to}" : $"{source}:{port} > {destination}:{to}";
    }

    private static string Message(Dictionary<string, string[]> row, int at)
    {
        bool v6 = row["ipv6.src"].Length > at;
        string ends = v6 ? $"icmp6 {row["ipv6.src"][at]} > {row["ipv6.dst"][at]}" : $"icmp {row["ip.src"][at]} > {row["ip.dst"][at]}";
        string type = row[v6 ? "icmpv6.type" : "icmp.type"][at], code = row[v6 ? "icmpv6.code" : "icmp.code"][at];
        if ((v6 && type is "128" or "129") || (!v6 && type is "0" or "8"))
        {
            string identifier = row[v6 ? "icmpv6.echo.identifier" : "icmp.ident"][0];
            return $"{ends} {type}/{code} id {Number(identifier)}";
        }

        string[] mtu = row[v6 ? "icmpv6.mtu" : "icmp.mtu"];
        return $"{ends} {type}/{code}{(mtu.Length > 0 && mtu[0] != "0" ? $":{mtu[0]}" : "")}";
    }

    private static string Letters(string flags)
    {
        int bits = Number(flags);
        return string.Concat("SFRPAU".Where(letter => (bits >> "FSRPAU".IndexOf(letter) & 1) != 0));
    }

    private static int Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? int.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : int.Parse(text, CultureInfo.InvariantCulture);
}
