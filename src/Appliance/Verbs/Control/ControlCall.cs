using System.CommandLine;
using Appliance.Configuration;
using Appliance.Management;

namespace Appliance.Verbs;

/// <summary>A verb that asks a running appliance: where it is, and what its refusals mean to the shell.</summary>
internal static class ControlCall
{
    public static Option<string?> Socket() => new Option<string?>("--socket")
    {
        Description = $"The control socket of the appliance; default {ManagementModel.DefaultSocketPath}.",
        HelpName = "PATH",
    }.NeverEmpty().ThatASocketHas();

    /// <summary>Does what is to be done, on the socket that is given.</summary>
    public static int Run(string? socket, Func<ControlClient, Task> act)
    {
        using var client = new ControlClient(socket ?? ManagementModel.DefaultSocketPath);
        try
        {
            act(client).GetAwaiter().GetResult();
            return ExitCode.Done;
        }
        catch (ControlRefusedException refused) when (refused.IsMistake)
        {
            throw new RefusedException(refused.Lines);
        }
        catch (ControlRefusedException refused)
        {
            throw new FailedException(string.Join("; ", refused.Lines));
        }
        catch (HttpRequestException broken)
        {
            throw new FailedException($"the appliance stopped answering: {broken.Message}");
        }
    }

    /// <summary>A document as it came.</summary>
    public static async Task PrintAsync(Stream document)
    {
        await using Stream output = Console.OpenStandardOutput();
        await document.CopyToAsync(output);
    }
}
