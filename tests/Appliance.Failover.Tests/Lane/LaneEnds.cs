using Appliance.Engine;
using Xunit;

namespace Appliance.Failover.Tests;

/// <summary>Both ends of a lane of two paths, with a hand on the clock and on every message.</summary>
internal sealed class LaneEnds : IDisposable
{
    public const long Millisecond = 1_000_000;
    public const int Paths = 2;
    private const string Digits = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private UInt128 _sessions = 1000;

    private readonly string _digits;

    /// <param name="digits">Of the key.</param>
    public LaneEnds(string digits = Digits)
    {
        _digits = digits;
        Left = Begin();
        Right = Begin();
    }

    public MonotonicTime Now { get; private set; } = new(1_000_000 * Millisecond);

    public Lane Left { get; private set; }

    public Lane Right { get; private set; }

    public LaneClaim[] LeftClaims { get; set; } = [];

    /// <summary>[path, from the left]: nothing passes.</summary>
    public bool[,] Cut { get; } = new bool[Paths, 2];

    /// <summary>What the left end has sent, for who would send it again.</summary>
    public List<(int Path, byte[] Message)> Recorded { get; } = [];

    public List<LaneTurn> RightTurns { get; } = [];

    public List<LaneHearing> RightHearings { get; } = [];

    public static LaneKey Key(string digits = Digits)
    {
        Assert.True(LaneKey.TryParse(digits, out LaneKey? key));
        return key;
    }

    public static byte[] Written(Lane lane, int path, params LaneClaim[] claims)
    {
        byte[] message = new byte[Lane.MaxMessageLength];
        return message[..lane.Write(path, claims, message)];
    }

    public Lane Begin(LaneKey? key = null) => new(new LaneSettings(Paths), key ?? Key(_digits), _sessions++, Now);

    public void RestartLeft()
    {
        Left.Dispose();
        Left = Begin();
    }

    /// <summary>Millisecond by millisecond; a message takes no time.</summary>
    public void Pass(int milliseconds, bool leftRuns = true, bool rightRuns = true)
    {
        for (int i = 0; i < milliseconds; i++)
        {
            Now += Millisecond;
            if (leftRuns) Step(Left, Right, LeftClaims, isLeft: true, rightRuns);
            if (rightRuns) Step(Right, Left, [], isLeft: false, leftRuns);
        }
    }

    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
    }

    private void Step(Lane sender, Lane receiver, LaneClaim[] claims, bool isLeft, bool isHeard)
    {
        LaneTurn turn = sender.Step(Now);
        if (!isLeft && turn != LaneTurn.Beat && turn != LaneTurn.None) RightTurns.Add(turn);
        if ((turn & LaneTurn.Beat) == LaneTurn.None) return;
        for (int path = 0; path < Paths; path++)
        {
            byte[] message = Written(sender, path, claims);
            if (isLeft) Recorded.Add((path, message));
            if (Cut[path, isLeft ? 1 : 0] || !isHeard) continue;
            LaneHearing hearing = receiver.OnMessage(path, message, Now);
            if (isLeft) RightHearings.Add(hearing);
        }
    }
}
