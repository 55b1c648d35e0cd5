using System.Buffers.Binary;
using System.CommandLine;
using System.Security.Cryptography;
using Appliance.Configuration;
using Appliance.Management;
using Appliance.Ports.Linux;
using Appliance.Running;
using Appliance.Threads;

namespace Appliance.Verbs;

/// <summary>
/// <c>run</c>: the appliance on live ports, in the foreground, until SIGTERM or SIGINT; SIGHUP reads its configuration again.
/// </summary>
internal sealed class RunVerb
{
    private const int MostWaits = 100, WaitMilliseconds = 10;           // for who has its generations

    public static readonly string[] Examples = ["run --config edge.yaml", "run --config edge.yaml --socket /run/appliance/edge.sock"];

    private readonly Option<string> _config = CommonOptions.Config();
    private readonly Option<string?> _socket = new Option<string?>("--socket")
    {
        Description = "The control socket; default management.socket of the configuration.", HelpName = "PATH",
    }.NeverEmpty().ThatASocketHas();

    private readonly Option<string?> _state = new Option<string?>("--state")
    {
        Description = "The folder of its generations; default a folder for the configuration file in /var/lib/appliance.", HelpName = "DIR",
    }.NeverEmpty();

    private readonly Option<string?> _seed = FirstBootVerb.Seed(
        "Do first what first-boot does with the NoCloud or ConfigDrive volume that is mounted there; a seed that is wrong stops nothing.");

    public static Command Build()
    {
        var verb = new RunVerb();
        var command = new Command(
            "run", "Run the appliance on live ports until SIGTERM or SIGINT; SIGHUP reads its configuration again.")
        {
            verb._config, verb._socket, verb._state, verb._seed,
        };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_config);
        using var said = new ErrorQueue(ErrorOutput.Write);
        if (parsed.GetValue(_seed) is { } seed) TakeSeed(path, seed, said);
        string state = StateFolder.For(parsed.GetValue(_state), path);
        using GenerationStore? opened = OpenStore(state, said, () => Thread.Sleep(WaitMilliseconds));
        var start = ConfigurationStart.Choose(path, opened, DateTimeOffset.UtcNow);
        GenerationStore? store = start.StoreFault.Length == 0 ? opened : null;
        RuntimeModel model = start.Model ?? throw new RefusedException([.. start.Errors.Select(error => error.ToString())]);
        if (HttpsServer.FaultsOf(model.Management.Https, path).ToArray() is { Length: > 0 } faults) throw new RefusedException(faults);
        if (start.StoreFault.Length > 0) said.Add($"warning: {start.StoreFault}; configurations that are applied are not kept");
        foreach (ConfigurationError warning in start.Warnings) said.Add($"warning: {warning}");
        if (start.Note.Length > 0) said.Add($"{path}: {start.Note}");
        using var signals = new Signals();                              // before anything is taken over
        using var devices = new LinuxPortSource();
        using var host = new LinuxHostSide(new TakeOverNotes(state));
        using var notices = new SystemdNotices();
        try
        {
            using var appliance = new RunningAppliance(model, new Surroundings
            {
                Ports = devices,
                Host = host,
                Maintenance = new MaintenanceNote(state),
                Notices = notices,
                Log = new OperatorLog(said.Add, () => WorkerThreads.Now),
                NewSleep = () => new DescriptorSleep(),
                WatchDevices = () => new HostMonitor(onlyDevices: true),
                Rehearse = Rehearsal.Hold,
                TableMemory = MappedMemory.HugePages,
                Secret = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            });
            using var managed = new ManagedAppliance(appliance, start, path, store, parsed.GetValue(_socket), state);
            signals.Attach(appliance);
            appliance.Run();
        }
        catch (PortFault fault) when (fault.IsWrong)
        {
            throw new RefusedException(fault.Lines);
        }
        catch (PortFault fault)
        {
            throw new FailedException(fault.Message);
        }

        return ExitCode.Done;
    }

    /// <summary>In this process, and not in one before it: an emulated machine forwards several seconds earlier.</summary>
    private static void TakeSeed(string path, string folder, ErrorQueue said)
    {
        try
        {
            FirstBootVerb.Prepare(path, folder);
        }
        catch (Exception failure) when (failure is FailedException || FileFault.IsOne(failure))
        {
            said.Add($"seed: {failure.Message}");
        }
    }

    /// <summary>
    /// An appliance that cannot keep its generations runs nevertheless, and says so; one whose generations are another's does not, for it
    /// would run by its file, which may be an older policy than what was applied. One that was killed just now may still be on its way out.
    /// </summary>
    internal static GenerationStore? OpenStore(string folder, ErrorQueue said, Action wait)
    {
        try
        {
            for (int waits = 0; ; waits++)
            {
                if (TryOpenStore(folder, isLast: waits == MostWaits) is { } store) return store;
                wait();
            }
        }
        catch (StoreInUseException held)
        {
            throw new FailedException(held.Message);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            said.Add($"warning: {folder}: configurations that are applied are not kept: {failure.Message}");
            return null;
        }
    }

    private static GenerationStore? TryOpenStore(string folder, bool isLast)
    {
        try
        {
            return GenerationStore.Open(folder);
        }
        catch (StoreInUseException) when (!isLast)
        {
            return null;
        }
    }
}
