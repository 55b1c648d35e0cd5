using System.Globalization;
using System.Text;

namespace Appliance.Firewall.Language;

/// <content>State and source limiters, which rules use by name.</content>
internal sealed partial class StatementParser
{
    private readonly Dictionary<(string Kind, string Name), uint> _limiters = [];

    private void LimiterStatement(string kind)
    {
        SourcePosition position = _tokens.Take().Position;
        _tokens.Expect("limiter", $"behind '{kind}'");
        Token name = _tokens.TakeString("the limiter's name");
        _tokens.Expect("id", "and the limiter's number");
        uint id = Count(1);
        var line = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{kind} limiter {name.Text} id {id}"));
        var options = new SortedDictionary<int, string>();
        while (!_tokens.HasFailed && !_tokens.Current.EndsStatement)
            LimiterOption(options);
        foreach (string option in options.Values) line.Append(' ').Append(option);
        if (!CanEnd()) return;
        _limiters[(kind, name.Text)] = id;
        _builder.Add(new PfStatement(position, $"{kind} limiter"));
        _builder.AddLine(line.ToString());
    }

    /// <summary>One option, kept by the place at which it is printed.</summary>
    private void LimiterOption(SortedDictionary<int, string> options)
    {
        Token token = _tokens.Take();
        switch (token.Text)
        {
            case "entries": options[0] = $"entries {Count(1)}"; break;
            case "limit": options[1] = $"limit {Count(1)}"; break;
            case "rate":
                PacketRate rate = Rate("states");
                options[2] = $"rate {rate.Limit}/{rate.Seconds}";
                break;
            case "table": options[3] = LimiterTable(); break;
            case "inet" or "inet6":
                _tokens.Expect("mask", $"behind '{token.Text}'");
                long bits = _tokens.TakeNumber("a number of bits", 0, token.Text == "inet" ? 32 : 128);
                bool isWhole = bits == (token.Text == "inet" ? 32 : 128);
                if (!isWhole) options[token.Text == "inet" ? 4 : 5] = $"{token.Text} mask {bits}";
                break;
            default: Unknown(token, 0, "entries, limit, rate, table, inet mask or inet6 mask"); break;
        }
    }

    private string LimiterTable()
    {
        _tokens.Expect('<', "before the table's name");
        string table = TableName();
        _tokens.Expect('>', "behind the table's name");
        _tokens.Expect("above", "and a number of states");
        uint above = Count(0);
        string below = _tokens.TryTake("below") ? $" below {Count(0)}" : "";
        return $"table <{table}> above {above}{below}";
    }
}
