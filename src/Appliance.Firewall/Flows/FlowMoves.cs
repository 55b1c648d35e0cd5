using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// A bucket leaves one table and joins another, at a cost that follows from what is in it. States are counted while they travel, and
/// nobody sees them.
/// </summary>
internal static class FlowMoves
{
    /// <summary>Null: the bucket is empty.</summary>
    public static FlowLetter? Detach(FlowStore store, TimerWheel<StateLinks> wheel, ushort bucket)
    {
        int states = store.StatesOf.Count(bucket), aliases = store.AliasesOf.Count(bucket);
        if (states == 0 && aliases == 0) return null;
        var letter = new FlowLetter(states, aliases);
        NumberByPlace(store, wheel, bucket);
        for (int place = 0; place < states; place++)
        {
            int index = store.StatesOf.First(bucket);
            ref FlowRecord state = ref store.States.Records[index];
            store.Withdraw(index);
            letter.States[place] = state;
            state.Flags = FlowFlags.None;
            store.States.Return(index);
        }

        for (int place = 0; place < aliases; place++)
        {
            int index = store.AliasesOf.First(bucket);
            letter.Aliases[place] = store.Aliases.Records[index];
            (letter.Aliases[place].Lent, letter.Aliases[place].LentOnWire) = (0, 0);
            store.RemoveAlias(index);
        }

        return letter;
    }

    /// <summary>
    /// Takes in what a letter brings, oldest first, so that the lists are what they were.
    /// </summary>
    public static void Attach(FlowStore store, FlowLetter letter, FlowTable table)
    {
        NativeArray<FlowRecord> states = letter.States;
        for (int place = states.Length - 1; place >= 0; place--)
        {
            ref FlowRecord state = ref states[place];
            int index = Admit(store, ref state);
            if (index == FlowRecord.Nobody) table.Lose(ref state);
            state.Place = index;                                        // from here on: where it is now
        }

        for (int place = states.Length - 1; place >= 0; place--)
        {
            int index = states[place].Place, partner = states[place].PartnerIndex;
            if (index == FlowRecord.Nobody) continue;
            store.States.Records[index].PartnerIndex = partner == FlowRecord.Nobody ? partner : states[partner].Place;
            table.Arm(index);
        }

        for (int place = letter.Aliases.Length - 1; place >= 0; place--)
        {
            ref AliasRecord alias = ref letter.Aliases[place];
            if (alias.IsSettled) continue;
            if (!store.TryCountAlias(alias.WireKey, alias.OwnBucket, alias.StateBucket, alias.Wanted, alias.WantedOnWire))
                table.LoseAlias();
        }

        letter.Dispose();
    }

    /// <summary>Partners, who are of one bucket, name each other by their places in the letter from here on.</summary>
    private static void NumberByPlace(FlowStore store, TimerWheel<StateLinks> wheel, ushort bucket)
    {
        NativeArray<FlowRecord> records = store.States.Records;
        int place = 0;
        for (int index = store.StatesOf.First(bucket); index != BucketLink.End; index = store.StatesOf.Next(index))
        {
            wheel.Cancel(index);
            records[index].Place = place++;
        }

        for (int index = store.StatesOf.First(bucket); index != BucketLink.End; index = store.StatesOf.Next(index))
        {
            ref FlowRecord state = ref records[index];
            if (state.PartnerIndex != FlowRecord.Nobody) state.PartnerIndex = records[state.PartnerIndex].Place;
        }
    }

    private static int Admit(FlowStore store, ref FlowRecord state)
    {
        if (!store.States.TryRent(out int index)) return FlowRecord.Nobody;
        store.States.Records[index] = state;
        store.States.Records[index].Timer = default;
        store.States.Records[index].NextHopGeneration = PathEpoch.Never;            // the worker's that it comes from
        if (store.TryEnter(index)) return index;
        store.States.Records[index].Flags = FlowFlags.None;
        store.States.Return(index);
        return FlowRecord.Nobody;
    }
}
