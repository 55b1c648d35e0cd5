using System.CommandLine;
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
        "trace --config my.yaml --in lan --pcap lan.pcap --json",
    ];

    private readonly Option<string> _config = CommonOptions.Config();
    private readonly Option<string> _in =
        new("--in") { Description = "The port the packet arrives at.", HelpName = "PORT", Required = true };
    private readonly Option<string?> _packet = new("--packet")
    {
        Description = "'[vlan N] PROTO SRC[:PORT] > DST[:PORT] [FLAGS] [ttl N] [len N] [id N] [type N code N] [df]'; " +
            "PROTO: tcp, udp, icmp, icmp6, sctp or a number; FLAGS: letters of S A F R P U E W",
        HelpName = "TEXT",
    };

    private readonly Option<string?> _pcap =
        new Option<string?>("--pcap") { Description = "Trace every packet of a capture, in order.", HelpName = "FILE" }.NeverEmpty();

    private readonly Option<int?> _vcpus = CommonOptions.Vcpus();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<bool> _strictMac = CommonOptions.StrictMac();

    public static Command Build()
    {
        var verb = new TraceVerb();
        var command = new Command("trace", "Say what every stage does to a packet and why.")
        {
            verb._config, verb._in, verb._packet, verb._pcap, verb._vcpus, verb._json, verb._seed, verb._strictMac,
        };
        command.Validators.Add(result =>
        {
            bool packet = result.GetValue(verb._packet) is not null;
            bool capture = result.GetValue(verb._pcap) is not null;
            if (packet == capture) result.AddError($"expected --packet or --pcap, found {(packet ? "both" : "neither")}");
        });
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        RuntimeModel model = ConfigurationFile.Load(parsed.GetRequiredValue(_config));
        int port = CommonOptions.PhysicalPort(model, parsed.GetRequiredValue(_in), "--in");
        var options = new NodeOptions
        {
            Workers = parsed.GetValue(_vcpus),
            Seed = parsed.GetValue(_seed),
            StrictMac = parsed.GetValue(_strictMac),
        };
        bool json = parsed.GetValue(_json);
        using var tracer = new PacketTracer(model, options);
        return parsed.GetValue(_packet) is { } text
            ? TraceText(tracer, port, text, json)
            : TraceCapture(tracer, port, parsed.GetValue(_pcap)!, json);
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

    private static int TraceCapture(PacketTracer tracer, int port, string file, bool json)
    {
        using FileStream stream = ReplayFiles.OpenCapture(file);
        using CaptureReader reader = CaptureReader.Open(stream);
        var verdicts = new List<PacketVerdict>();
        var frame = new byte[LinkLayerFraming.DestinationLength];
        while (reader.TryRead(out CaptureRecord record))
        {
            FramingOutcome outcome = LinkLayerFraming.Frame(record, tracer.Ports[port].Mac, frame, out int length);
            PacketVerdict verdict = outcome == FramingOutcome.Framed
                ? tracer.Trace(port, frame.AsSpan(0, length), new MonotonicTime(record.TimestampNanoseconds), verdicts.Count + 1)
                : tracer.Refuse(Framing.ReasonOf(outcome));
            verdicts.Add(verdict);
            if (!json) TraceTable.PrintNumbered(verdicts.Count, frame.AsSpan(0, length), verdict);
        }

        if (json) TraceJson.Print(verdicts);
        if (reader.Damage is not { } damage) return ExitCode.Done;
        ErrorOutput.Print($"{file}: {damage}");
        return ExitCode.Failed;
    }
}
