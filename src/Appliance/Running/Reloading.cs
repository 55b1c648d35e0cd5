using System.Collections.Immutable;
using Appliance.Configuration;

namespace Appliance.Running;

/// <summary>
/// Reads the configuration's file again and puts it in force, one time after the other. It is read on a thread of its own, for a large
/// ruleset takes a while.
/// </summary>
internal sealed class Reloading(Func<ConfigurationResult> load, ControlQueue queue, RunningAppliance appliance)
{
    private readonly Lock _lock = new();
    private Task<ApplyResult> _last = Task.FromResult(new ApplyResult([], []));

    public Task<ApplyResult> Ask()
    {
        lock (_lock) return _last = After(_last);
    }

    private async Task<ApplyResult> After(Task<ApplyResult> earlier)
    {
        await ((Task)earlier).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        appliance.Notices.Reloading();
        ApplyResult result = await (appliance.Reloader is { } reloader ? Task.Run(reloader) : LoadAsync()).ConfigureAwait(false);
        Tell(result);
        appliance.Notices.Ready(result.IsApplied ? "reloaded" : "reload refused; the configuration before is in force");
        return result;
    }

    private async Task<ApplyResult> LoadAsync()
    {
        ConfigurationResult loaded = await Task.Run(load).ConfigureAwait(false);
        return loaded.Model is { } model
            ? await queue.Ask(() => Apply(model, loaded.Warnings)).ConfigureAwait(false)
            : ApplyResult.Refused([.. loaded.Errors.Select(error => error.ToString())]);
    }

    private ApplyResult Apply(RuntimeModel model, ImmutableArray<ConfigurationError> warnings)
    {
        ImmutableArray<ModelAction> actions = ModelDifference.Between(appliance.Asked, model);
        ApplyResult result = appliance.ApplyNow(model);
        if (!result.IsApplied) return result;
        appliance.Log.Say(actions.IsEmpty ? "reloaded: nothing is different" : $"reloaded: {string.Join(", ", actions)}");
        return result with { Warnings = [.. warnings.Select(warning => warning.ToString()), .. result.Warnings] };
    }

    private void Tell(ApplyResult result)
    {
        foreach (string error in result.Errors) appliance.Log.Say(error);
        foreach (string warning in result.Warnings) appliance.Log.Say($"warning: {warning}");
        if (!result.IsApplied) appliance.Log.Say("reload refused: the configuration before stays in force");
    }
}
