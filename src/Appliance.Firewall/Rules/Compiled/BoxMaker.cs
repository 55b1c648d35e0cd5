using System.Runtime.InteropServices;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The boxes of the rules that can match packets of one family and direction. Prefixes, ranges, port operators and their negations
/// are intervals, so boxes say them exactly; where a rule needs too many, one of its dimensions is covered from end to end and checked.
/// </summary>
internal sealed class BoxMaker
{
    private const int MaximumBoxes = 16;            // of one rule
    private readonly bool _isV6;
    private readonly RuleChecks[] _checks;

    private BoxMaker(RuleList list, RuleDirection direction, bool isV6, RuleChecks[] checks)
    {
        (_isV6, _checks) = (isV6, checks);
        LastAddress = isV6 ? UInt128.MaxValue : uint.MaxValue;
        int[] rules = [.. Enumerable.Range(0, list.Count).Where(index => CanMatch(list[index]))];
        Sources = Cut(rules.Select(index => list[index].Source));
        Destinations = Cut(rules.Select(index => list[index].Destination));
        foreach (int index in rules) AddBoxes(list[index], index);

        bool CanMatch(Rule rule) =>
            (rule.Direction == RuleDirection.Both || rule.Direction == direction) && (rule.Family == 0 || rule.Family == (isV6 ? 6 : 4));
    }

    public List<RuleBox> Boxes { get; } = [];

    /// <summary>How addresses become numbers; null: they are numbers.</summary>
    public AddressRank? Sources { get; }

    public AddressRank? Destinations { get; }

    private UInt128 LastAddress { get; }

    /// <summary><paramref name="checks"/>: by rule; what the boxes leave open is added.</summary>
    public static BoxMaker Make(RuleList list, RuleDirection direction, bool isV6, RuleChecks[] checks) =>
        new(list, direction, isV6, checks);

    private AddressRank? Cut(IEnumerable<AddressMatch> conditions)
    {
        if (!_isV6) return null;
        var starts = new SortedSet<UInt128> { 0 };
        foreach (Interval interval in conditions.SelectMany(Intervals))
        {
            starts.Add(interval.Low);
            if (interval.High != LastAddress) starts.Add(interval.High + 1);
        }

        return new AddressRank(starts.ToArray(), isV6: true);
    }

    private void AddBoxes(Rule rule, int index)
    {
        List<Interval>[] dimensions =
        [
            Ranked(Intervals(rule.Source), Sources),
            Ranked(Intervals(rule.Destination), Destinations),
            InterfaceIntervals(rule.Interfaces),
            rule.Icmp.Code is { } code ? Just(code, code) : PortIntervals(rule.SourcePort),
            rule.Icmp.Type is { } type ? Just(type, type) : PortIntervals(rule.DestinationPort),
            ProtocolIntervals(rule),
        ];
        Limit(dimensions, index);
        AddProduct(dimensions, 0, new RuleBox { Rule = index });
        if (rule.Source.Kind > AddressMatchKind.Ranges) _checks[index] |= RuleChecks.Source;
        if (rule.Destination.Kind > AddressMatchKind.Ranges) _checks[index] |= RuleChecks.Destination;
    }

    /// <summary>Until the product is small enough, what has the most intervals becomes one that covers them.</summary>
    private void Limit(List<Interval>[] dimensions, int index)
    {
        while (dimensions.Aggregate(1L, (product, intervals) => Math.Min(product * intervals.Count, int.MaxValue)) > MaximumBoxes)
        {
            int most = dimensions.Index().MaxBy(dimension => dimension.Index == Dimension.Protocol ? 1 : dimension.Item.Count).Index;
            dimensions[most] = [new Interval(dimensions[most][0].Low, dimensions[most][^1].High)];
            _checks[index] |= most switch
            {
                Dimension.Interface => RuleChecks.Interface,
                Dimension.Source => RuleChecks.Source,
                _ => RuleChecks.Destination,                          // ports have two intervals at most, of three protocols
            };
        }
    }

    private void AddProduct(List<Interval>[] dimensions, int d, RuleBox box)
    {
        if (d == Dimension.Count)
        {
            Boxes.Add(box);
            return;
        }

        foreach (Interval interval in dimensions[d])
        {
            box.Low[d] = (uint)interval.Low;
            box.High[d] = (uint)interval.High;
            AddProduct(dimensions, d + 1, box);
        }
    }

    /// <summary>None where no address of the family can match, all where what is asked is not of intervals.</summary>
    private List<Interval> Intervals(AddressMatch condition)
    {
        if (condition.Kind > AddressMatchKind.Ranges) return [new Interval(0, LastAddress)];
        List<Interval> union = condition.Kind == AddressMatchKind.Any
            ? [new Interval(0, LastAddress)]
            : Interval.Union(condition.Ranges.Where(range => range.IsV6 == _isV6)
                .Select(range => new Interval(range.First.Bits, range.Last.Bits)));
        return condition.IsNegated ? Interval.Complement(union, LastAddress) : union;
    }

    private static List<Interval> Ranked(List<Interval> intervals, AddressRank? rank)
    {
        if (rank is null) return intervals;
        foreach (ref Interval interval in CollectionsMarshal.AsSpan(intervals))
            interval = new Interval((uint)rank.Find(interval.Low), (uint)rank.Find(interval.High));
        return intervals;
    }

    private static List<Interval> InterfaceIntervals(PortSet ports)
    {
        List<Interval> union = Interval.Union(ports.Ports.Select(port => new Interval(port, port)));
        return ports.IsNegated ? Interval.Complement(union, Dimension.LastNumber) : union;
    }

    /// <summary>A rule about ports of no protocol in particular is about those that have some.</summary>
    private static List<Interval> ProtocolIntervals(Rule rule)
    {
        bool asksNumbers = !rule.SourcePort.IsAny || !rule.DestinationPort.IsAny
            || rule.Icmp.Type is not null || rule.Icmp.Code is not null;
        if (rule.Protocol is { } protocol) return Of(protocol);
        return asksNumbers ? [.. Of(IpProtocol.Tcp), .. Of(IpProtocol.Udp), .. Of(IpProtocol.Sctp)] : Just(0, Dimension.LastProtocol);

        List<Interval> Of(IpProtocol asked) => Just(2 * (uint)asked, (2 * (uint)asked) + (asksNumbers ? 0u : 1u));
    }

    private static List<Interval> PortIntervals(PortMatch ports)
    {
        if (ports.IsAny) return Just(0, Dimension.LastNumber);
        long first = ports.First, second = ports.Second, last = ushort.MaxValue;
        (long Low, long High)[] intervals = ports.Operator switch
        {
            MatchOperator.Equal => [(first, first)],
            MatchOperator.NotEqual => [(0, first - 1), (first + 1, last)],
            MatchOperator.Less => [(0, first - 1)],
            MatchOperator.LessOrEqual => [(0, first)],
            MatchOperator.Greater => [(first + 1, last)],
            MatchOperator.GreaterOrEqual => [(first, last)],
            MatchOperator.Range => [(first, second)],
            MatchOperator.Inside => [(first + 1, second - 1)],
            _ => [(0, first - 1), (second + 1, last)],
        };
        return [.. intervals.Where(interval => interval.Low <= interval.High)
            .Select(interval => new Interval((uint)interval.Low, (uint)interval.High))];
    }

    private static List<Interval> Just(uint low, uint high) => [new Interval(low, high)];
}
