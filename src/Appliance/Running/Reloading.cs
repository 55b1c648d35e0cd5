using Appliance.Management;

namespace Appliance.Running;

/// <summary>
/// Has the configuration's file read again and put in force, one time after the other, on a thread of the pool: a large ruleset takes a
/// while.
/// </summary>
internal sealed class Reloading(RunningAppliance appliance)
{
    private readonly Lock _lock = new();
    private Task<ApplyAnswer> _last = Task.FromResult(ApplyAnswer.Done);

    public Task<ApplyAnswer> Ask()
    {
        lock (_lock) return _last = After(_last);
    }

    private async Task<ApplyAnswer> After(Task<ApplyAnswer> earlier)
    {
        await ((Task)earlier).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        appliance.Notices.Reloading();
        ApplyAnswer answer = await Read().ConfigureAwait(false);
        Tell(answer);
        appliance.Notices.Ready(answer.IsApplied ? "reloaded" : "reload refused; the configuration before is in force");
        return answer;
    }

    /// <summary>What goes wrong on the way, as when too many ask at once, is said as what is wrong with the file is.</summary>
    private async Task<ApplyAnswer> Read()
    {
        try
        {
            return await Task.Run(appliance.Reloader).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return new ApplyAnswer([failure.Message], []);
        }
    }

    private void Tell(ApplyAnswer answer)
    {
        foreach (string error in answer.Errors) appliance.Log.Say(error);
        foreach (string warning in answer.Warnings) appliance.Log.Say($"warning: {warning}");
        if (!answer.IsApplied) appliance.Log.Say("reload refused: the configuration before stays in force");
    }
}
