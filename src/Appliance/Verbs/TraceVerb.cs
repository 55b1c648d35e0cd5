using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Reports;
using Appliance.Wire.Pcap;

namespace Appliance.Verbs;

/// <summary><c>trace</c>: what every stage did to a packet and why.</summary>
internal sealed class TraceVerb
{
    public static readonly string[] Examples =
    [
        "trace --config my.yaml --in lan --packet 'tcp 192.168.1.10:40000 > 1.1.1.1:443 S'",
        "trace --config my.yaml --in lan --packet 'icmp 192.168.1.10 > 8.8.8.8 ttl 1'",
        "trace --config my.yaml --in lan --pcap lan.pcap --only drop",
        "trace --config my.yaml --in lan,wan --pcap both-ways.pcap --only martian",
    ];

    private readonly Option<string> _config = CommonOptions.Config();
    private readonly Option<string> _in = new("--in")
    {
        Description = "The port the packet arrives at; with --pcap also PORT,PORT: each packet arrives where its source is routed to.",
        HelpName = "PORT",
        Required = true,
    };

    private readonly Option<string?> _packet = new("--packet")
    {
        Description = "'[vlan N] PROTO SRC[:PORT] > DST[:PORT] [FLAGS] [ttl N] [len N] [id N] [type N code N] [df]'; " +
            "PROTO: tcp, udp, icmp, icmp6, sctp or a number; FLAGS: letters of S A F R P U E W",
        HelpName = "TEXT",
    };

    private readonly Option<string?> _pcap =
        new Option<string?>("--pcap") { Description = "Trace every packet of a capture, in order.", HelpName = "FILE" }.NeverEmpty();

    private readonly Option<string?> _only = VerdictFilter.Build();
    private readonly Option<int?> _vcpus = CommonOptions.Vcpus();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<bool> _strictMac = CommonOptions.StrictMac();

    public static Command Build()
    {
        var verb = new TraceVerb();
        var command = new Command("trace", "Say what every stage does to a packet and why.")
        {
            verb._config, verb._in, verb._packet, verb._pcap, verb._only, verb._vcpus, verb._json, verb._seed, verb._strictMac,
        };
        command.Validators.Add(result =>
        {
            bool packet = result.GetValue(verb._packet) is not null;
            bool capture = result.GetValue(verb._pcap) is not null;
            if (packet == capture) result.AddError($"expected --packet or --pcap, found {(packet ? "both" : "neither")}");
            else if (packet && result.GetValue(verb._only) is not null) result.AddError("--only goes with --pcap");
        });
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        RuntimeModel model = ConfigurationFile.Load(parsed.GetRequiredValue(_config));
        ImmutableArray<int> ports = Ports(parsed, model);
        var options = new NodeOptions
        {
            Workers = parsed.GetValue(_vcpus),
            Seed = parsed.GetValue(_seed),
            StrictMac = parsed.GetValue(_strictMac),
        };
        bool json = parsed.GetValue(_json);
        using var tracer = new PacketTracer(model, options);
        return parsed.GetValue(_packet) is { } text
            ? TraceText(tracer, ports[0], text, json)
            : TraceCapture(tracer, ports, parsed.GetValue(_pcap)!, parsed.GetValue(_only), json);
    }

    private ImmutableArray<int> Ports(ParseResult parsed, RuntimeModel model)
    {
        string names = parsed.GetRequiredValue(_in);
        bool isPacket = parsed.GetValue(_packet) is not null;
        string[] parts = names.Split(',');
        if (parts.Length > 1 && parts.Contains("")) throw new RefusedException($"--in {names}: expected PORT or PORT,PORT");
        ImmutableArray<int> ports = CommonOptions.PhysicalPorts(model, names, "--in");
        if (ports.Length > 1 && isPacket)
            throw new RefusedException($"--in {names}: --packet arrives at one port; PORT,PORT splits a capture (--pcap) by its sources");
        return ports;
    }

    private static int TraceText(PacketTracer tracer, int port, string text, bool json)
    {
        if (!PacketText.TryParse(text, out PacketText packet, out string error)) throw new RefusedException($"--packet: {error}");
        byte[] frame = PacketBuilder.Build(packet, tracer.Ports[port].Mac);
        PacketVerdict verdict = tracer.Trace(port, frame, new MonotonicTime(0));
        if (json) TraceJson.Print(verdict);
        else TraceTable.Print(frame, verdict);
        return ExitCode.Done;
    }

    private static int TraceCapture(PacketTracer tracer, ImmutableArray<int> ports, string file, string? only, bool json)
    {
        using FileStream stream = ReplayFiles.OpenCapture(file);
        using CaptureReader reader = CaptureReader.Open(stream);
        var shown = new List<(int Number, PacketVerdict Verdict)>();
        var frame = new byte[LinkLayerFraming.DestinationLength];
        int number = 0;
        while (reader.TryRead(out CaptureRecord record))
        {
            PacketVerdict verdict = TraceRecord(tracer, ports, record, frame, ++number, out int length);
            if (!VerdictFilter.Shows(only, verdict)) continue;
            shown.Add((number, verdict));
            if (!json) TraceTable.PrintNumbered(number, frame.AsSpan(0, length), verdict);
        }

        if (json) TraceJson.Print(shown);
        else if (only is not null)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shown.Count} of {number} packets: {only}"));
        if (reader.Damage is not { } damage) return ExitCode.Done;
        ErrorOutput.Print($"{file}: {damage}");
        return ExitCode.Failed;
    }

    private static PacketVerdict TraceRecord(
        PacketTracer tracer, ImmutableArray<int> ports, in CaptureRecord record, byte[] frame, int number, out int length)
    {
        FramingOutcome outcome = LinkLayerFraming.Frame(record, tracer.Ports[ports[0]].Mac, frame, out length);
        if (outcome != FramingOutcome.Framed) return tracer.Refuse(Framing.ReasonOf(outcome));
        ReadOnlySpan<byte> bytes = frame.AsSpan(0, length);
        return tracer.Trace(tracer.ArrivalPortOf(bytes, ports), bytes, new MonotonicTime(record.TimestampNanoseconds), number);
    }
}
