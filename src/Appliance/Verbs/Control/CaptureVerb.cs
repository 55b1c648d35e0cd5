using System.CommandLine;
using System.Globalization;
using Appliance.Management;
using Appliance.Reports;

namespace Appliance.Verbs;

/// <summary><c>capture</c>: frames of a port from inside the data path, with what became of each.</summary>
internal sealed class CaptureVerb
{
    public static readonly string[] Examples =
    [
        "capture --port wan --write wan.pcapng",
        "capture --port lan --filter 'tcp port 443 and host 192.168.1.10' --write lan.pcapng --count 100",
    ];

    private readonly Option<string> _port =
        new Option<string>("--port") { Description = "The port or sub-port.", HelpName = "PORT", Required = true }.NeverEmpty();

    private readonly Option<string?> _filter = new("--filter")
    {
        Description = "Only such frames, in the words of pcap-filter(7): host, net, port, tcp, vlan, and, or, not …", HelpName = "BPF",
    };

    private readonly Option<string> _write =
        new Option<string>("--write")
        {
            Description = "The pcapng file; '-' is standard output.", HelpName = "FILE", Required = true,
        }.NeverEmpty();

    private readonly Option<int?> _count = new("--count")
    {
        Description = "End after so many frames; otherwise by an interrupt.",
        HelpName = "N",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count < 1)
                result.AddError($"--count {text}: expected a number from 1 to {int.MaxValue}");
            return count;
        },
    };

    private readonly Option<string?> _socket = ControlCall.Socket();

    public static Command Build()
    {
        var verb = new CaptureVerb();
        var command = new Command("capture", "Capture frames of a port inside the appliance; each frame's comment says what became of it.")
        {
            verb._port, verb._filter, verb._write, verb._count, verb._socket,
        };
        verb._filter.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value.Length: > CaptureFilter.MaximumLength and var length }])
                result.AddError($"--filter: it has {length} characters; at most {CaptureFilter.MaximumLength} are taken");
        });
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string path = $"capture?port={Uri.EscapeDataString(parsed.GetRequiredValue(_port))}";
        if (parsed.GetValue(_filter) is { Length: > 0 } filter) path += $"&filter={Uri.EscapeDataString(filter)}";
        if (parsed.GetValue(_count) is { } count) path += string.Create(CultureInfo.InvariantCulture, $"&count={count}");
        return ControlCall.Run(parsed.GetValue(_socket), client => CaptureAsync(client, path, parsed.GetRequiredValue(_write)));
    }

    private static async Task CaptureAsync(ControlClient client, string path, string file)
    {
        using var interrupt = new Interruption();
        await using Stream frames = await AskAsync(client, path, file, interrupt.Token);
        Stream? output = null;
        var copy = new PcapngCopy(frames, () => output = Open(file));
        Action? progress = Console.IsErrorRedirected ? null : () => Console.Error.Write($"\r{Quantity.Count(copy.Packets)} frames");
        try
        {
            await copy.RunAsync(progress, interrupt.Token);
        }
        catch (OperationCanceledException)
        {
            if (output is null) throw NothingIn(file);
            // else the user has enough; what is written is whole
        }
        catch (Exception cut) when (cut is HttpIOException or EndOfStreamException or InvalidDataException)
        {
            throw new FailedException($"{file}: {Quantity.Count(copy.Packets)} frames, then the appliance stopped: {cut.Message}");
        }
        finally
        {
            if (output is not null) await output.DisposeAsync();
        }

        string lost = copy.Lost == 0 ? "" : $", {Quantity.Count(copy.Lost)} lost since they came faster than they were taken off";
        string ending = copy.Ending.Length == 0 ? "" : $"; {copy.Ending}";
        Console.Error.WriteLine($"{(progress is null ? "" : "\r")}{file}: {Quantity.Count(copy.Packets)} frames{lost}{ending}");
    }

    private static async Task<Stream> AskAsync(ControlClient client, string path, string file, CancellationToken interrupt)
    {
        try
        {
            return await client.OpenAsync(path, interrupt);
        }
        catch (OperationCanceledException)
        {
            throw NothingIn(file);
        }
    }

    private static FailedException NothingIn(string file) =>
        new($"--write {file}: nothing is written: ended before the appliance sent anything");

    /// <summary>Without a buffer: a block is in the file, whole, when the next is waited for.</summary>
    private static Stream Open(string file)
    {
        try
        {
            return file == "-"
                ? Console.OpenStandardOutput()
                : new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            throw new FailedException($"--write {file}: cannot be written: {FileFault.Reason(file, failure)}");
        }
    }
}
