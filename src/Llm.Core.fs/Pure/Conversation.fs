// To be written.
namespace Llm.Core

module internal ConversationStub =
    let private unused = ()
