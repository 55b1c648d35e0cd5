using System.Globalization;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop;

/// <summary>What tshark finds wrong with each frame of a capture by itself: checksums, malformed headers, protocol errors.</summary>
internal static class TsharkFindings
{
    // epan/proto.h: PI_SEVERITY_MASK, PI_WARN, PI_GROUP_MASK and the groups that judge a frame by those around it
    private const uint SeverityMask = 0x00f0_0000;
    private const uint Warning = 0x0060_0000;
    private const uint GroupMask = 0xff00_0000;
    private const uint Sequence = 0x0200_0000;
    private const uint Reassembly = 0x0600_0000;
    private const uint Checksum = 0x0100_0000;
    private const uint Malformed = 0x0700_0000;

    private static readonly string[] Alone =
    [
        "ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE", "sctp.checksum:CRC 32c",
        "ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE", "tcp.analyze_sequence_numbers:FALSE",
    ];

    // What a router can spoil: everything up to the transport. Above, tshark judges a frame by what it saw before (an SSH key exchange,
    // say).
    private static readonly string[] NothingAbove = ["-d", "tcp.port==1-65535,data", "-d", "udp.port==1-65535,data"];

    // A datagram quoted in an ICMP error is cut, and tshark finds the checksum of its segment wrong: in the errors that Linux makes as
    // well.
    private static readonly string[] NoTransport = ["--disable-protocol", "tcp", "--disable-protocol", "udp", "--disable-protocol", "sctp"];

    /// <summary>By frame, from 0; an empty set where nothing is wrong.</summary>
    public static HashSet<string>[] Of(string capture) => Of(capture, NothingAbove);

    /// <summary>
    /// The same for what a router makes itself, which is ARP, ICMP and ICMPv6: transport, which only quotes have there, is left alone.
    /// </summary>
    public static HashSet<string>[] WithoutTransport(string capture) => Of(capture, NoTransport);

    private static HashSet<string>[] Of(string capture, string[] more)
    {
        ProcessRun run = ProcessRunner.Run(Peer.Require("tshark"),
        [
            "-n", "-r", capture, .. more, "-T", "fields", "-E", "separator=/t", "-E", "aggregator=|",
                .. Alone.SelectMany(preference => (string[])["-o", preference]),
            "-e", "frame.number", "-e", "_ws.expert.group", "-e", "_ws.expert.severity", "-e", "_ws.expert.message",
        ]);
        Assert.True(run.ExitCode == 0, run.ToString());
        return [.. run.OutputLines.Select(Read)];
    }

    private static HashSet<string> Read(string line)
    {
        string[] columns = line.Split('\t');
        Assert.Equal(4, columns.Length);
        uint[] groups = Numbers(columns[1]);
        uint[] severities = Numbers(columns[2]);
        string[] messages = columns[3].Split('|');
        bool aligned = messages.Length == groups.Length;                // a message may hold the separator itself
        var findings = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < groups.Length; i++)
        {
            if (IsWrong(groups[i] & GroupMask, severities[i] & SeverityMask)) findings.Add(aligned ? messages[i] : columns[3]);
        }

        return findings;
    }

    private static bool IsWrong(uint group, uint severity) =>
        group is Checksum or Malformed || (severity >= Warning && group is not (Sequence or Reassembly));

    private static uint[] Numbers(string column) =>
        column.Length == 0 ? [] : [.. column.Split('|').Select(number => uint.Parse(number, CultureInfo.InvariantCulture))];
}
