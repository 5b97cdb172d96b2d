const words = new Set(
  `a able about above accept access account accounts across act action active actual add address admin after again
  against age agent ago air alert all alliance almost alone along already also although always am america american
  among an analytics and another answer any anyone anything app apple application apply apps are area around art as
  ask assist assistance at available away back bad bank banking base based be because been before began begin behind
  being best better between big bill billing black block blue board body book both bring broad brown build building
  business but buy by call called came can cannot capital car care case cases cause center central centre certain
  change changed charge check chief child children choice city class clean clear click client clients close closed
  cloud club code cold college come common communication communications community company complete computer connect
  connection contact content control copy core corner cost could council country course cover create credit current
  customer customers cut daily data date day days dear deal decide deep delay delivery demo department design desk
  detail details developer device did different digital direct director do does dog domain done door down draw drive
  due during each early easy east edge education either else email empty end energy engineering enough enter entire
  error even evening event events ever every everyone everything example express face fact fall family far fast
  federal feel few field file files fill final finance financial find fine finish fire first five fix fixed focus
  follow following food for force foreign form forward found four free friday friend from front full fund further
  future game general get give given global go going gold good goods got government grand gray great green grey ground
  group grow had half hall hand happy hard has have he head health hear heart heavy hello help helpdesk her here high
  him his hold home hope hospital hot hotel hour hours house how however human i idea if image impact important in
  incident info information insurance interest international internet into is issue issues it its itself january june
  july august just keep key kind king know known lab labs lack land large last late later law lead leader learn least
  leave left legal less let letter level life light like limited line link list little live local logic login london
  long look lost lot love low made mail main maintenance major make man manage management manager many mark market
  marketing master matter may me mean media medical meet meeting member men message messages might mind minute mobile
  model monday money monitor month more morning most move much music must my name national near need network never new
  news next night nine no none nor north not note nothing notice now number of off offer office old on once one online
  only open operations or orange order orders other our out outage over own owner page paid parent park part partner
  partners party past pay payment payments people per perhaps person phone pick place plan plans platform play please
  plus point pool portal position possible post power present president press price prime print private problem
  process product products program project provide public purpose put quality question questions quick quite rate
  reach read ready real reason received recent record red refer regards region release remain remote reply report
  request research resolved response rest restart result return review rich right rise road room root round run safe
  said sales same saturday save say school science second secure security see seem self send senior sent serve server
  servers service services session set seven several shall share she shop short should show side sign silver simple
  since single site six small smart so social software solution solutions solved some someone something soon sorry
  sound source south space special staff standard star start state states status stay steel step still stone stop
  store storage street strong studio studios subject such sun sunday supply support sure system systems table take
  talk team teams tech technical technologies technology tell ten term test testing text than thank thanks that the
  their them then there these they thing things think this those though three through thursday ticket tickets time
  times to today together told tomorrow too took top total touch toward town trade training transport travel tree true
  trust try tuesday turn two under union unit united university until up update updated upon us use used user users
  usual very via view visit voice wait walk wall want war was watch water way we web website wednesday week weeks well
  went were west what when where whether which while white who whole whom whose why wide will win window windows with
  within without woman wood word words work working workshop world would write wrong year years yes yesterday yet you
  young your yours zero`.split(/\s+/),
)

/** Whether a phrase is made of words that stand in any text, so that it gives nobody away for certain. */
export const isCommon = (phrase: string): boolean => phrase.split(' ').every((word) => words.has(word))
