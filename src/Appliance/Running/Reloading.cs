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
        ApplyAnswer answer = await Task.Run(appliance.Reloader).ConfigureAwait(false);
        Tell(answer);
        appliance.Notices.Ready(answer.IsApplied ? "reloaded" : "reload refused; the configuration before is in force");
        return answer;
    }

    private void Tell(ApplyAnswer answer)
    {
        foreach (string error in answer.Errors) appliance.Log.Say(error);
        foreach (string warning in answer.Warnings) appliance.Log.Say($"warning: {warning}");
        if (!answer.IsApplied) appliance.Log.Say("reload refused: the configuration before stays in force");
    }
}
