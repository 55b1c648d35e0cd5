using System.Diagnostics;
using Appliance.Engine;
using Appliance.Fuzz.Mutation;
using Appliance.Fuzz.Oracle;
using Appliance.Fuzz.Seeds;
using Appliance.Fuzz.Worlds;

namespace Appliance.Fuzz.Running;

/// <summary>
/// Mutated frames through whole appliances. A run is rounds, each on the next world; a round is bursts, each of which follows from the
/// seed and its number. A round begins long after the one before, so that nothing of it is left but the order of free slots: a round
/// alone runs as it ran among the others.
/// </summary>
public sealed class FrameFuzz : IDisposable
{
    public const int BurstsPerRound = 256;

    private const long RoundNanoseconds = 1_000_000_000_000;
    private const int ReloadRoundOf = 64;                               // of one world, one round in so many begins with new models
    private const long CanaryBurst = 100;
    private const int TracedBurstOf = 256;                              // one burst in so many is traced

    private readonly FuzzOptions _options;
    private readonly TextWriter _text;
    private readonly SeedCorpus _seeds;
    private readonly Draw _draw;
    private readonly Mutator _mutator;
    private readonly Burst _burst = new();
    private readonly StageCensus _census = new();
    private readonly (World World, Targets Targets)?[] _worlds = new (World World, Targets Targets)?[WorldCatalog.All.Length];
    private MonotonicTime _now;
    private long _frames;
    private long _allocated;

    private FrameFuzz(FuzzOptions options, TextWriter text)
    {
        _options = options;
        _text = text;
        _seeds = new SeedCorpus(options.CaptureFolders);
        _draw = new Draw(options.Seed, 0);
        _mutator = new Mutator(_seeds, _draw);
    }

    /// <summary>Runs and writes what was found to <paramref name="text"/>.</summary>
    public static FuzzOutcome Run(FuzzOptions options, TextWriter text)
    {
        using var fuzz = new FrameFuzz(options, text);
        return fuzz.Run();
    }

    public void Dispose()
    {
        foreach ((World World, Targets Targets)? made in _worlds)
            made?.World.Dispose();
    }

    private FuzzOutcome Run()
    {
        _text.WriteLine($"seeds: {_seeds}");
        long start = Stopwatch.GetTimestamp();
        bool held = _options.Round is { } round ? RunRound(round, BurstsPerRound) : RunRounds();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        World[] worlds = [.. _worlds.Where(made => made is not null).Select(made => made!.Value.World)];
        var report = new FrameReport(_text, worlds, _census);
        report.Write(_frames, elapsed, _allocated);
        return new FuzzOutcome(held, _frames, report.NeverHit, _allocated);
    }

    private bool RunRounds()
    {
        long bursts = (_options.Count + Burst.Capacity - 1) / Burst.Capacity;
        for (long round = 0; bursts > 0; round++, bursts -= BurstsPerRound)
        {
            if (!RunRound(round, (int)Math.Min(bursts, BurstsPerRound))) return false;
        }

        return true;
    }

    private bool RunRound(long round, int bursts)
    {
        (World world, Targets targets) = WorldOf(round);
        _now = new MonotonicTime((round + 1) * RoundNanoseconds);
        world.Output.BeginRound();
        if (round / WorldCatalog.All.Length % ReloadRoundOf == ReloadRoundOf - 1) world.Reload();
        for (int i = 0; i < bursts; i++)
        {
            long number = (round * BurstsPerRound) + i;
            try
            {
                bool isTraced = number % TracedBurstOf == TracedBurstOf / 2;
                long before = GC.GetAllocatedBytesForCurrentThread();
                RunBurst(number, world, targets, isTraced ? _census : null);
                if (!isTraced) _allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                _frames += _burst.Count;
            }
            catch (Exception failure)
            {
                new FrameFailure(_options, _text, _seeds).Write(world.Recipe, _burst, round, _now, failure);
                return false;
            }
        }

        return true;
    }

    private void RunBurst(long number, World world, Targets targets, StageCensus? census)
    {
        _draw.Restart(_options.Seed, (ulong)number);
        _now += _draw.OneIn(8) ? _draw.Below(1_000_000_000) : _draw.Below(20_000_000);
        _burst.Begin(number);
        for (int i = 0; i < Burst.Capacity; i++)
        {
            int port = world.PhysicalPorts[_draw.Below(world.PhysicalPorts.Length)];
            _mutator.Make(world, targets, port);
            ref Input input = ref _burst.Add(_mutator.Bytes, port);
            input.Fate = world.Judge.Of(_mutator.Bytes, port);
        }

        int willing = !world.Recipe.IsScarce || _draw.OneIn(4) ? Willingness.Unlimited : _draw.OneIn(3) ? _draw.Below(96) : 0;
        if (number == CanaryBurst) world.Sabotage(_options.Canary);
        world.Run(_burst, _now, willing, census);
    }

    private (World World, Targets Targets) WorldOf(long round)
    {
        int index = (int)(round % WorldCatalog.All.Length);
        if (_worlds[index] is { } made) return made;
        var world = new World(WorldCatalog.All[index], _options.Workers, _burst);
        _worlds[index] = (world, new Targets(world));
        return _worlds[index]!.Value;
    }
}
