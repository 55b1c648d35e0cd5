using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>
/// Which trains may leave as one large frame by a port that cuts: those that come out of its cutter as they were, byte for byte.
/// </summary>
public static class WholeTrainRules
{
    /// <summary>
    /// Whether cutting the gathered frame (<see cref="TrainGather"/>) gives back each frame of the train. The frames must be as they are to
    /// leave; a checksum of theirs that nobody has verified yet is verified.
    /// </summary>
    /// <param name="train">Its head.</param>
    /// <param name="fixedIdentification">
    /// The identifications are all the same, with DF set. A port that cannot say so to its cutter makes them consecutive, which with DF
    /// means nothing to anyone (RFC 6864 §4.1).
    /// </param>
    public static bool MayLeaveWhole(Frame train, out bool fixedIdentification)
    {
        fixedIdentification = false;
        if (!train.IsTrain || !TrainShape.IsPossible(train)) return false;
        var shape = new TrainShape(train);
        int index = 0;
        for (Frame frame = train; !frame.IsNull; frame = frame.Info.Next)
        {
            if (!shape.TryTake(frame, index++)) return false;
        }

        fixedIdentification = shape.HasFixedIdentification;
        return true;
    }
}
