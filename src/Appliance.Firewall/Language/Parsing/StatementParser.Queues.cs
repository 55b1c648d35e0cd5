using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <content>ALTQ: read and printed, and no more.</content>
internal sealed partial class StatementParser
{
    private static readonly ImmutableArray<string> QueueFlags =
        ["red", "ecn", "rio", "codel", "cleardscp", "flowvalve", "borrow", "wrr", "efficient", "root", "default"];

    private readonly Dictionary<string, string> _queueSchedulers = new(StringComparer.Ordinal);

    private void AltqStatement()
    {
        SourcePosition position = _tokens.Take().Position;
        ImmutableArray<PfInterface> interfaces = Interfaces();
        var options = new QueueOptions();
        QueueOptionList(options);
        if (options.Scheduler.Length == 0) _tokens.Fail(position, "no scheduler specified!");
        _tokens.Expect("queue", "and the queues of the interface");
        ImmutableArray<string> queues = QueueList();
        Order(StatementOrder.Queue, position);
        if (!CanEnd()) return;
        _builder.Add(new PfStatement(position, "altq"));
        foreach (string queue in queues) _queueSchedulers[queue] = options.Scheduler;
        foreach (PfInterface item in interfaces)
        {
            if (item.Negated) _tokens.Fail(item.Position, "altq on ! <interface> is not supported");
            else _builder.AddLine(options.AltqLine(item.Name, queues));
        }
    }

    private void QueueStatement()
    {
        SourcePosition position = _tokens.Take().Position;
        Token name = _tokens.TakeString("the name of a queue");
        ImmutableArray<PfInterface> interfaces = Interfaces();
        var options = new QueueOptions();
        QueueOptionList(options);
        ImmutableArray<string> queues = _tokens.Current.IsString || _tokens.Current.Is('{') ? QueueList() : [];
        Order(StatementOrder.Queue, position);
        if (!CanEnd()) return;
        if (!_queueSchedulers.TryGetValue(name.Text, out string? scheduler))
        {
            _tokens.Fail(name.Position, $"queue {name.Text} has no parent");
            return;
        }

        _builder.Add(new PfStatement(position, "queue"));
        foreach (string queue in queues) _queueSchedulers[queue] = scheduler;
        _builder.AddLine(options.QueueLine(name.Text, interfaces.FirstOrDefault()?.Name, scheduler, queues));
    }

    private ImmutableArray<string> QueueList() =>
        _tokens.TakeList<string>(items => items.Add(_tokens.TakeString("the name of a queue").Text));

    private void QueueOptionList(QueueOptions options)
    {
        while (!_tokens.HasFailed)
        {
            Token token = _tokens.Current;
            switch (token.Kind == TokenKind.Word ? token.Text : "")
            {
                case "bandwidth" when TakeWord(): options.Bandwidth = Bandwidth(); break;
                case "priority" when TakeWord(): options.Priority = (int)_tokens.TakeNumber("a priority", 0, 255); break;
                case "qlimit" when TakeWord(): options.Limit = (int)_tokens.TakeNumber("a number of packets", 0, ushort.MaxValue); break;
                case "tbrsize" when TakeWord(): options.BucketSize = _tokens.TakeNumber("a number of bytes", 0, uint.MaxValue); break;
                case "cbq" or "priq" or "hfsc" or "fairq":
                    options.Scheduler = _tokens.Take().Text;
                    if (_tokens.TryTake('(')) SchedulerFlags(options);
                    break;
                default: return;
            }
        }
    }

    private void SchedulerFlags(QueueOptions options)
    {
        do
        {
            Token flag = _tokens.TakeString("a flag of the scheduler");
            if (!QueueFlags.Contains(flag.Text, StringComparer.Ordinal))
                _tokens.Fail(flag.Position, $"unknown {options.Scheduler} flag \"{flag.Text}\"");
            options.Flags.Add(flag.Text);
            if (flag.Text == "ecn") options.Flags.Add("red");
            _tokens.TryTake(',');
        }
        while (!_tokens.HasFailed && !_tokens.Current.Is(')'));
        _tokens.Expect(')', "behind the flags");
        options.FlagOrder = QueueFlags;
    }

    private QueueBandwidth Bandwidth()
    {
        Token token = _tokens.TakeText("a bandwidth");
        if (!QueueBandwidth.TryParse(token.Text, out QueueBandwidth bandwidth))
            _tokens.Fail(token.Position, $"syntax error: expected a bandwidth (b, Kb, Mb, Gb or %), found {token.Shown}");
        return bandwidth;
    }
}
