using System.Buffers.Binary;
using System.CommandLine;
using System.Security.Cryptography;
using Appliance.Configuration;
using Appliance.Running;
using Appliance.Threads;

namespace Appliance.Verbs;

/// <summary><c>run</c>: the appliance on live ports, in the foreground, until SIGTERM or SIGINT; SIGHUP reads its configuration again.</summary>
internal static class RunVerb
{
    public static readonly string[] Examples = ["run --config edge.yaml"];

    public static Command Build()
    {
        Option<string> config = CommonOptions.Config();
        var command = new Command(
            "run", "Run the appliance on live ports until SIGTERM or SIGINT; SIGHUP reads its configuration again.") { config };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config)));
        return command;
    }

    private static int Run(string path)
    {
        RuntimeModel model = ConfigurationFile.Load(path, out IReadOnlyList<ConfigurationError> warnings);
        foreach (ConfigurationError warning in warnings) ErrorOutput.Print($"warning: {warning}");
        using var devices = new LinuxPortSource();
        using var notices = new SystemdNotices();
        try
        {
            using var appliance = new RunningAppliance(model, () => ConfigurationLoader.Load(path), new Surroundings
            {
                Ports = devices,
                Notices = notices,
                Log = new OperatorLog(ErrorOutput.Print, () => WorkerThreads.Now),
                NewSleep = () => new DescriptorSleep(),
                TableMemory = HugePageMemory.Instance,
                Secret = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            });
            using var signals = new Signals(appliance);
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
}
