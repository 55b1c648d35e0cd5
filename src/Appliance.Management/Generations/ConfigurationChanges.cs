using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;

namespace Appliance.Management;

/// <summary>
/// Changes the running configuration, one change at a time: <c>diff</c>, <c>apply</c>, <c>confirm</c>, <c>rollback</c>, <c>history</c>, and
/// what a reload is. A generation is on disk before it is in force, and counts at a start once it is; one that returns is written only
/// then, since what waited says on disk what returns. Called from any thread; what decides happens on the control thread.
/// </summary>
public sealed class ConfigurationChanges : ISteppable, IDisposable
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int SecondsToNextReturn = 5;                          // where one failed, as without a device that comes back

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);      // with a disk, at the end

    private readonly ControlDesk _desk;
    private readonly GenerationStore? _store;
    private readonly string _path;
    private readonly Action<string> _tell;
    private readonly SemaphoreSlim _oneAtATime = new(1);

    // The control thread's
    private Generation _current;
    private Generation _confirmed;                                      // what returns, where the current one waits to be confirmed
    private MonotonicTime _confirmBy = MonotonicTime.Never;
    private volatile bool _isChanging;                                  // by whoever has its turn: nothing returns meanwhile

    private string _told = "";                                          // why it could not return; whose turn it is

    /// <param name="desk">Whose <see cref="ControlDesk.Changes"/> this becomes.</param>
    /// <param name="start">With what the appliance has started: it is in force.</param>
    /// <param name="path">The configuration file that it was started with.</param>
    /// <param name="store">Null: there is none; nothing can return then but what is still in memory.</param>
    /// <param name="tell">Takes a line about what happened by itself; on any thread.</param>
    /// <param name="now">On the clock of the desk.</param>
    public ConfigurationChanges(
        ControlDesk desk, ConfigurationStart start, string path, GenerationStore? store, Action<string> tell, MonotonicTime now)
    {
        (_desk, _store, _path, _tell) = (desk, store, Path.GetFullPath(path), tell);
        _current = start.Generation ?? throw new ArgumentException("An appliance that did not start changes nothing.", nameof(start));
        _confirmed = _current.Pending is { } pending && store?.Find(pending.Fallback) is { } fallback ? fallback : _current;
        if (start.IsPrepared && store?.TryKeep(_current) is { } fault)
            tell($"warning: {fault}; what is in force now does not outlive the appliance");
        store?.LetOldestGo(_current);
        if (start.ConfirmWithinSeconds is { } seconds) _confirmBy = now + (long)(seconds * NanosecondsPerSecond);
        desk.Changes = this;
    }

    /// <inheritdoc/>
    public MonotonicTime NextDeadline => _isChanging ? MonotonicTime.Never : _confirmBy;

    /// <summary>What returns by itself, or has: done when it is in force and on disk, or cannot be.</summary>
    internal Task Returning { get; private set; } = Task.CompletedTask;

    /// <summary>Begins to return to what was before, when nobody confirmed. By the control thread.</summary>
    public int Step(MonotonicTime now)
    {
        if (_isChanging || now < _confirmBy) return 0;
        _confirmBy = now + (SecondsToNextReturn * NanosecondsPerSecond);    // unless it is in force then
        (Generation waiting, Generation former) = (_current, _confirmed);
        Returning = InTurnAsync(() => ReturnAsync(waiting, former));
        return 1;
    }

    /// <summary>When the desk is closed: a change under way is in force and on disk, or neither, which is waited for.</summary>
    public void Dispose()
    {
        if (_oneAtATime.Wait(s_patience)) _oneAtATime.Dispose();
    }

    /// <summary>What would change.</summary>
    public async Task<(ChangeOutcome Outcome, DifferenceDocument? Difference)> DiffAsync(ConfigurationBundle next)
    {
        ConfigurationResult loaded = next.Load();
        if (loaded.Model is not { } model) return (RefusedBy(loaded), null);
        (Generation current, RuntimeModel running) =
            await _desk.AskAsync(desk => (_current, desk.Appliance.Asked));
        return (new ChangeOutcome { Result = ChangeResult.Done, Generation = current.Number },
            new DifferenceDocument([.. ActionsBetween(running, model)], BundleDifference.Of(current.Bundle, next)));
    }

    /// <summary>Puts a configuration in force.</summary>
    /// <param name="origin">What brings it.</param>
    /// <param name="confirmWithinSeconds">Null: it stays. Else what was last confirmed returns after that time.</param>
    public Task<ChangeOutcome> ApplyAsync(ConfigurationBundle next, string origin, int? confirmWithinSeconds) => InTurnAsync(() =>
    {
        string? seen = LiesInPlace(next) ? next.Digest : null;
        return ChangeAsync(next, desk => Next(desk, next, origin, confirmWithinSeconds, seen));
    });

    /// <summary>
    /// Reads the configuration file anew, and puts what it says in force. Refused while a change waits to be confirmed: what came in its
    /// place would stay, confirmed by nobody.
    /// </summary>
    public async Task<ChangeOutcome> ReloadAsync()
    {
        ConfigurationBundle next = ConfigurationBundle.Read(_path, out ConfigurationResult result);
        return result.Model is null
            ? RefusedBy(result)
            : await InTurnAsync(async () => await _desk.AskAsync(WhatWaits) is { Length: > 0 } waiting
                ? ChangeOutcome.Refused(waiting)
                : await ChangeAsync(next, desk => Reloaded(desk, next)));
    }

    /// <summary>What is in force stays.</summary>
    public Task<ChangeOutcome> ConfirmAsync() => InTurnAsync(async () =>
    {
        Generation pending = await _desk.AskAsync(_ => _current);
        if (pending.Pending is null) return ChangeOutcome.Failed("nothing waits to be confirmed");
        Generation confirmed = pending with { Pending = null };
        if (WriteFault(confirmed) is { } fault) return ChangeOutcome.Failed(fault);
        await _desk.AskAsync(desk => BeCurrent(confirmed, desk.Now));
        return new ChangeOutcome { Result = ChangeResult.Done, Generation = NumberOf(confirmed) };
    });

    /// <summary>Returns to what was in force so many generations ago.</summary>
    public async Task<ChangeOutcome> RollbackAsync(int steps)
    {
        IReadOnlyList<HistoryDocument> history = await HistoryAsync();
        if (steps < 1 || steps >= history.Count)
        {
            return ChangeOutcome.Refused(history.Count < 2
                ? "rollback: there is nothing before what is in force"
                : $"rollback {steps}: expected a number from 1 to {history.Count - 1}; config history lists them");
        }

        return _store?.Find(history[steps].Generation) is { } target
            ? await InTurnAsync(() => ChangeAsync(target.Bundle, desk => Next(desk, target.Bundle, $"rollback to {target.Number}")))
            : ChangeOutcome.Failed($"rollback {steps}: generation {history[steps].Generation} is gone");
    }

    /// <summary>What was in force, the latest first.</summary>
    public async Task<IReadOnlyList<HistoryDocument>> HistoryAsync()
    {
        Generation current = await _desk.AskAsync(_ => _current);
        IEnumerable<Generation> earlier = _store is null
            ? []
            : _store.Numbers.Where(number => number < current.Number).Select(_store.Find).OfType<Generation>();
        return [.. earlier.Prepend(current).Select((generation, place) => new HistoryDocument(
            place, generation.Number, generation.Time, generation.Origin, generation.Bundle.Path, generation.Bundle.Digest,
            place == 0 ? generation.Pending?.Until : null))];
    }

    /// <summary>One change at a time, and none by itself meanwhile.</summary>
    private async Task<ChangeOutcome> InTurnAsync(Func<Task<ChangeOutcome>> change)
    {
        await _oneAtATime.WaitAsync();
        _isChanging = true;
        try
        {
            return await change();
        }
        finally
        {
            _isChanging = false;
            _desk.Wake();
            _oneAtATime.Release();                                      // at the end nothing is touched behind it
        }
    }

    /// <summary>Whether the configuration file holds what comes under its path: it may come from another machine.</summary>
    private bool LiesInPlace(ConfigurationBundle bundle) =>
        bundle.Path == _path && ConfigurationBundle.Read(_path, out _).Digest == bundle.Digest;

    /// <param name="generationOf">The generation that the bundle becomes; by the control thread.</param>
    private async Task<ChangeOutcome> ChangeAsync(ConfigurationBundle bundle, Func<ControlDesk, Generation> generationOf)
    {
        ConfigurationResult loaded = bundle.Load();
        if (loaded.Model is not { } model) return RefusedBy(loaded);
        (Generation before, Generation next) = await _desk.AskAsync(desk => (_current, generationOf(desk)));
        if (next == before) return await _desk.AskAsync(desk => PutInForce(desk, model, next, loaded.Warnings));
        if (_store?.TryPrepare(next) is { } fault) return ChangeOutcome.Failed(fault);
        ChangeOutcome? outcome = null;
        try
        {
            outcome = await _desk.AskAsync(desk => PutInForce(desk, model, next, loaded.Warnings));
            return outcome.Result == ChangeResult.Done ? Kept(next, outcome) : outcome;
        }
        finally
        {
            if (outcome is not { Result: ChangeResult.Done }) _store?.Discard();
        }
    }

    /// <summary>It is in force, and nobody has been told yet.</summary>
    private ChangeOutcome Kept(Generation next, ChangeOutcome outcome)
    {
        string? fault = _store?.TryKeep(next);
        if (fault is null) _store?.LetOldestGo(next);
        return fault is null ? outcome : outcome with
        {
            Lines = [.. outcome.Lines, $"warning: {fault}; what is in force now does not outlive the appliance"],
        };
    }

    /// <summary>A line about what waits to be confirmed; empty: nothing does, or it stays since nothing can return.</summary>
    private string WhatWaits(ControlDesk desk)
    {
        if (_current.Pending is null || _confirmBy == MonotonicTime.Never) return "";
        long seconds = Math.Max(0, _confirmBy - desk.Now) / NanosecondsPerSecond;
        return $"generation {_current.Number} waits to be confirmed for another {seconds} s: "
            + "reload when it is ('config confirm'), or is gone ('config rollback')";
    }

    /// <summary>Its time to be confirmed begins.</summary>
    private bool BeCurrent(Generation next, MonotonicTime now)
    {
        (_current, _told) = (next, "");
        if (next.Pending is null) _confirmed = next;
        _confirmBy = next.Pending is { } pending ? now + (pending.Seconds * NanosecondsPerSecond) : MonotonicTime.Never;
        return true;
    }

    /// <summary>What is in force already is no generation more; that the file holds it now is remembered.</summary>
    private Generation Reloaded(ControlDesk desk, ConfigurationBundle file) =>
        _current.Pending is null && (file.Path, file.Digest) == (_current.Bundle.Path, _current.Bundle.Digest)
            ? _current with { SeenDigest = file.Digest }
            : Next(desk, file, $"reload of {_path}", seenDigest: file.Digest);

    /// <param name="seenDigest">Of the configuration file, where it was looked at; null: it was not.</param>
    private Generation Next(
        ControlDesk desk, ConfigurationBundle bundle, string origin, int? confirmWithinSeconds = null, string? seenDigest = null) => new()
    {
        Number = _current.Number + 1,
        Time = desk.TimeOfDay,
        Origin = origin,
        Bundle = bundle,
        SeenDigest = seenDigest ?? _current.SeenDigest,
        Pending = confirmWithinSeconds is { } seconds
            ? new PendingConfirmation(seconds, desk.TimeOfDay.AddSeconds(seconds), _current.Pending?.Fallback ?? _current.Number)
            : null,
    };

    private ChangeOutcome PutInForce(
        ControlDesk desk, RuntimeModel model, Generation next, ImmutableArray<ConfigurationError> warnings)
    {
        ImmutableArray<string> changes = ActionsBetween(desk.Appliance.Asked, model);
        ApplyAnswer answer = desk.Appliance.Apply(model);
        if (!answer.IsApplied) return ChangeOutcome.Refused(answer.Errors);
        BeCurrent(next, desk.Now);
        return new ChangeOutcome
        {
            Result = ChangeResult.Done,
            Generation = NumberOf(next),
            Changes = changes,
            Lines = [.. warnings.Select(warning => $"warning: {warning}"), .. answer.Warnings.Select(warning => $"warning: {warning}")],
            ConfirmWithinSeconds = next.Pending?.Seconds,
        };
    }

    /// <summary>Nobody else may be able to any more. What returns is read off the control thread, since that takes a while.</summary>
    private async Task<ChangeOutcome> ReturnAsync(Generation waiting, Generation former)
    {
        string what = $"nobody confirmed generation {waiting.Number} within {waiting.Pending?.Seconds} s";
        try
        {
            if (await _desk.AskAsync(_ => _current) != waiting) return ChangeOutcome.Failed();
            RuntimeModel? model = former.Bundle.Load().Model;           // where answers arrive, as with any change
            Generation? returned = await _desk.AskAsync(desk => Return(desk, waiting, former, model, what));
            if (returned is null) return ChangeOutcome.Failed();
            string fault = WriteFault(returned) is { } written ? $" ({written})" : "";
            _store?.LetOldestGo(returned);
            _tell($"{what}; generation {former.Number} is in force again, as {returned.Number}{fault}");
            return new ChangeOutcome { Result = ChangeResult.Done, Generation = NumberOf(returned) };
        }
        catch (ControlEndedException)
        {
            return ChangeOutcome.Failed();                              // it returns with the next start
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            TellWhyNot($"{what}; generation {former.Number}", failure.Message);
            return ChangeOutcome.Failed();
        }
    }

    /// <summary>By the control thread. Null: it cannot now, or need not any more.</summary>
    private Generation? Return(ControlDesk desk, Generation waiting, Generation former, RuntimeModel? model, string what)
    {
        if (_current != waiting) return null;                           // somebody had his turn before
        if (model is null)
        {
            _tell($"{what}; generation {former.Number} cannot be read any more, so it stays");
            _confirmBy = MonotonicTime.Never;
            return null;
        }

        ApplyAnswer answer = desk.Appliance.Apply(model);
        if (!answer.IsApplied)
        {
            TellWhyNot($"{what}; generation {former.Number}", string.Join("; ", answer.Errors));
            return null;
        }

        Generation returned = Next(desk, former.Bundle, $"return to {former.Number}: nobody confirmed {waiting.Number}");
        BeCurrent(returned, desk.Now);
        return returned;
    }

    /// <summary>Once for each reason: it is tried again and again.</summary>
    private void TellWhyNot(string what, string reasons)
    {
        if (reasons != _told) _tell($"{what} cannot return: {reasons}; it is tried again every {SecondsToNextReturn} s");
        _told = reasons;
    }

    /// <summary>0: it is kept nowhere.</summary>
    private int NumberOf(Generation generation) => _store is null ? 0 : generation.Number;

    /// <summary>Null: it is on disk, as far as there is a store.</summary>
    private string? WriteFault(Generation generation) => _store?.TryWrite(generation);

    private static ImmutableArray<string> ActionsBetween(RuntimeModel running, RuntimeModel next) =>
        [.. ModelDifference.Between(running, next).Select(action =>
            $"{action.Change.ToString().ToLowerInvariant()} {action.Part.ToString().ToLowerInvariant()} {action.Subject}".TrimEnd())];

    private static ChangeOutcome RefusedBy(ConfigurationResult result) =>
        ChangeOutcome.Refused(result.Errors.Select(error => error.ToString()));
}
