// Laws of the way to the core and back: nothing is lost, nothing is added, and equality stays structural.
using FsCheck;
using FsCheck.Fluent;
using Llm.FsCheck;
using Llm.Interop;
using Microsoft.FSharp.Collections;
using NUnit.Framework;

namespace Llm.Tests.Interop;

public sealed class IdentityTests
{
    private static readonly IArbMap _generators = ArbMap.Default.Merge<Arbitraries>();

    [Test]
    public void A_users_part_comes_back_as_it_went() => IsIdentity<Core.UserPart, UserPart>(PartMapping.ToFacade, PartMapping.ToCore);

    [Test]
    public void An_assistants_part_comes_back_as_it_went() =>
        IsIdentity<Core.AssistantPart, AssistantPart>(PartMapping.ToFacade, PartMapping.ToCore);

    [Test]
    public void A_message_comes_back_as_it_went() =>
        IsIdentity<Core.Message, Message>(MessageMapping.ToFacade, message => MessageMapping.ToCore(Afresh(message)));

    [Test]
    public void A_message_of_the_core_goes_back_untouched() =>
        Check<Core.Message>(message =>
            Assert.That(MessageMapping.ToCore(MessageMapping.ToFacade(message)), Is.SameAs(message)));

    [Test]
    public void A_chunk_comes_back_as_it_went() => IsIdentity<Core.Chunk, Chunk>(ChunkMapping.ToFacade, ChunkMapping.ToCore);

    [Test]
    public void Parameters_come_back_as_they_went() => IsIdentity<Core.Params, Params>(CallMapping.ToFacade, CallMapping.ToCore);

    [Test]
    public void What_an_answer_may_be_beside_text_comes_back_as_it_went([Values] AudioFormat format, [Values] bool images)
    {
        var parameters = new Params { Speech = new("alloy", format), Images = images };

        Assert.That(CallMapping.ToFacade(CallMapping.ToCore(parameters)), Is.EqualTo(parameters));
    }

    [Test]
    public void Usage_comes_back_as_it_went() => IsIdentity<Core.Usage, Usage>(CallMapping.ToFacade, CallMapping.ToCore);

    [Test]
    public void A_reason_to_stop_comes_back_as_it_went() =>
        IsIdentity<Core.FinishReason, FinishReason>(CallMapping.ToFacade, CallMapping.ToCore);

    [Test]
    public void A_stored_conversation_is_read_back_as_it_was() =>
        Check<FSharpList<Core.Message>>(messages =>
        {
            IReadOnlyList<Message> conversation = Lists.ToFacade(messages, MessageMapping.ToFacade);

            Assert.That(Conversation.FromJson(Conversation.ToJson(conversation)), Is.EqualTo(conversation));
        });

    [Test]
    public void What_is_no_stored_conversation_is_refused() =>
        Assert.That(() => Conversation.FromJson("{\"version\":99}"), Throws.InstanceOf<InvalidJsonException>());

    [Test]
    public void Text_and_pretty_are_those_of_the_core() =>
        Check<FSharpList<Core.AssistantPart>>(content =>
        {
            var facade = Lists.ToFacade(content, PartMapping.ToFacade);

            Assert.That(Rendering.Text(facade), Is.EqualTo(Core.Content.text(content)));
            Assert.That(Rendering.Pretty(facade), Is.EqualTo(Core.Content.pretty(content)));
        });

    [Test]
    public void Every_case_of_the_facade_is_reached()
    {
        Type[] roots = [typeof(UserPart), typeof(AssistantPart), typeof(Message), typeof(Chunk)];
        var cases = typeof(Model).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && roots.Any(type.IsSubclassOf))
            .ToHashSet();

        var reached = Sample<Core.UserPart>().Select(part => PartMapping.ToFacade(part).GetType())
            .Concat(Sample<Core.AssistantPart>().Select(part => PartMapping.ToFacade(part).GetType()))
            .Concat(Sample<Core.Message>().Select(message => MessageMapping.ToFacade(message).GetType()))
            .Concat(Sample<Core.Chunk>().Select(chunk => ChunkMapping.ToFacade(chunk).GetType()));

        Assert.That(cases.Except(reached), Is.Empty);
    }

    /// <summary>The same message, which knows nothing of the core.</summary>
    private static Message Afresh(Message message) => message switch
    {
        UserMessage user => user with { Content = [.. user.Content] },
        AssistantMessage assistant => assistant with { Content = [.. assistant.Content] },
        _ => message with { },
    };

    private static void IsIdentity<TCore, T>(Func<TCore, T> toFacade, Func<T, TCore> toCore)
        where TCore : class
        where T : class =>
        Check<TCore>(original =>
        {
            T facade = toFacade(original);
            TCore back = toCore(facade);
            T again = toFacade(back);

            Assert.That(back, Is.EqualTo(original).Using<TCore>((left, right) => left.Equals(right)));
            Assert.That(facade.Equals(again), Is.True, $"{facade} is not {again}");
            Assert.That(facade.GetHashCode(), Is.EqualTo(again.GetHashCode()));
        });

    private static void Check<T>(Action<T> law) =>
        Prop.ForAll(_generators.ArbFor<T>(), law).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static IEnumerable<T> Sample<T>() => _generators.GeneratorFor<T>().Sample(2000);
}
