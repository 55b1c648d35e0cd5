using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>The groups of one family that a port listens to, and what of it is yet to be told on its link.</summary>
internal sealed class LinkGroups(int port, bool isV6)
{
    public int Port => port;

    public bool IsV6 => isV6;

    public HashSet<IpAddress> Groups { get; } = [];

    /// <summary>Joined or left lately: to be told <see cref="TimesLeft"/> times more.</summary>
    public HashSet<IpAddress> Joined { get; } = [];

    public HashSet<IpAddress> Left { get; } = [];

    public int TimesLeft { get; set; }

    /// <summary>It was told from no address, and not yet from one.</summary>
    public bool IsUnnamed { get; set; }

    public MonotonicTime ChangeAt { get; set; } = MonotonicTime.Never;

    /// <summary>When somebody who asked is answered.</summary>
    public MonotonicTime AnswerAt { get; set; } = MonotonicTime.Never;

    /// <summary>Until when somebody is there who understands an older version alone.</summary>
    public MonotonicTime OldUntil { get; set; } = new(long.MinValue);

    public MonotonicTime DueAt => ChangeAt < AnswerAt ? ChangeAt : AnswerAt;

    /// <summary>These are its groups from now on. True: that is news.</summary>
    public bool Become(HashSet<IpAddress> wanted)
    {
        if (wanted.SetEquals(Groups)) return false;
        foreach (IpAddress gone in Groups.Except(wanted)) Left.Add(gone);
        foreach (IpAddress come in wanted.Except(Groups)) Joined.Add(come);
        Left.ExceptWith(wanted);
        Joined.IntersectWith(wanted);
        Groups.Clear();
        Groups.UnionWith(wanted);
        return true;
    }

    /// <summary>Nobody on the link has heard of them.</summary>
    public void Restart()
    {
        Joined.UnionWith(Groups);
        OldUntil = new MonotonicTime(long.MinValue);
        AnswerAt = MonotonicTime.Never;
    }
}
