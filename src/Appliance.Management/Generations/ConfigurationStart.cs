using System.Collections.Immutable;
using System.Globalization;
using Appliance.Configuration;

namespace Appliance.Management;

/// <summary>
/// With which configuration an appliance starts: whoever spoke last decides. The configuration file counts where it has changed since it
/// was
/// last looked at; else what was in force, which an operator may have applied since. What waited for a confirmation goes on waiting, or
/// returns where its time has passed meanwhile.
/// </summary>
public sealed record ConfigurationStart
{
    /// <summary>Null: the configuration file is wrong, as <see cref="Errors"/> say.</summary>
    public RuntimeModel? Model { get; private init; }

    public ImmutableArray<ConfigurationError> Errors { get; private init; } = [];

    public ImmutableArray<ConfigurationError> Warnings { get; private init; } = [];

    /// <summary>What it is, where it is not simply the file; empty: it is.</summary>
    public string Note { get; private init; } = "";

    /// <summary>What is in force when the appliance has come up.</summary>
    public Generation? Generation { get; private init; }

    /// <summary>Whether it is kept only when the appliance has come up: a start that is refused changes nothing.</summary>
    internal bool IsPrepared { get; private init; }

    /// <summary>Seconds until it returns unless confirmed; null: it stays.</summary>
    public double? ConfirmWithinSeconds { get; private init; }

    /// <summary>Why the store does not have it; empty: it has, or there is none.</summary>
    public string StoreFault { get; private init; } = "";

    /// <summary>Reads the file, looks into the store, and prepares there what is new.</summary>
    /// <param name="path">The configuration file.</param>
    /// <param name="store">Null: there is none, and the file counts.</param>
    /// <param name="now">The time of day.</param>
    public static ConfigurationStart Choose(string path, GenerationStore? store, DateTimeOffset now)
    {
        ConfigurationBundle file = ConfigurationBundle.Read(path, out ConfigurationResult read);
        if (read.Model is null) return new ConfigurationStart { Errors = read.Errors };
        Generation? latest = store?.Latest;
        bool speaksFile = latest is null || (file.Digest != latest.SeenDigest && file.Digest != latest.Bundle.Digest);
        if (!speaksFile && TryContinue(store!, latest!, now) is { } continued) return continued;
        var first = new Generation
        {
            Number = (store is { Numbers: [var last, ..] } ? last : 0) + 1,
            Time = now,
            Origin = latest is null ? $"start with {file.Path}" : $"start: {file.Path} had changed",
            Bundle = file,
            SeenDigest = file.Digest,
        };
        string fault = store?.TryPrepare(first) ?? "";
        return new ConfigurationStart
        {
            Model = file.Load().Model,                                  // with full paths
            Warnings = read.Warnings,
            Generation = first,
            IsPrepared = fault.Length == 0,
            StoreFault = fault,
        };
    }

    private static string NoteOf(PendingConfirmation? pending, DateTimeOffset now) => pending is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $", and goes in {pending.LeftAt(now):F0} s unless it is confirmed");

    /// <summary>Null: what was in force cannot be any more.</summary>
    private static ConfigurationStart? TryContinue(GenerationStore store, Generation latest, DateTimeOffset now)
    {
        bool returns = false;
        if (latest.Pending is { } pending && pending.LeftAt(now) <= 0 && store.Find(pending.Fallback) is { } fallback)
        {
            latest = fallback with
            {
                Number = latest.Number + 1,
                Time = now,
                Origin = $"return to {fallback.Number}: nobody confirmed {latest.Number}",
                SeenDigest = latest.SeenDigest,
                Pending = null,
            };
            returns = true;
        }

        ConfigurationResult result = latest.Bundle.Load();
        if (result.Model is not { } model) return null;
        string fault = returns && store.TryPrepare(latest) is { } unwritten ? unwritten : "";
        return new ConfigurationStart
        {
            Model = model,
            Warnings = result.Warnings,
            Note = $"generation {latest.Number} ({latest.Origin}) is in force{NoteOf(latest.Pending, now)}",
            Generation = latest,
            IsPrepared = returns && fault.Length == 0,
            StoreFault = fault,
            ConfirmWithinSeconds = latest.Pending?.LeftAt(now),
        };
    }
}
